using System.Globalization;
using Npgsql;
using Renexus.Load.Target;
using Renexus.Testing;

namespace Renexus.Load.Contestants;

/// <summary>Ours, with all that it does besides: the log, search, presence, jobs.</summary>
internal sealed class RenexusContestant(FileInfo program) : IContestant
{
    /// <summary>
    /// Fills the workspace of a fresh server. The messages are older than the log reaches, as all but a month's are, and stand in the index of
    /// the search. ($1 workspace, $2 an author, $3 users, $4 threads, $5 messages.)
    /// </summary>
    private const string Fill = """
        with person as (
          insert into accounts.user_account (id, email, email_key, name, created_at, updated_at)
          select uuidv7(), 'user' || n || '@example.com', 'user' || n || '@example.com', 'User ' || n, now(), now() from generate_series(1, $3) n
          returning id
        )
        insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at) select $1, id, 'editor', now(), now() from person;

        create temporary table made as select n, uuidv7() as id from generate_series(0, $4 - 1) n;
        insert into threads.thread (id, workspace_id, title, is_private, created_by, created_at, updated_at)
        select id, $1, 'Thread ' || n, false, $2, now(), now() from made;
        insert into engine.channel (kind, id, version, workspace_id) select 3, id, $5 / $4, $1 from made;
        insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
        select uuidv7(), t.id, $1, m / $4 + 1, $2, repeat(md5(m::text) || ' ', 6), now() - interval '60 days' from generate_series(0, $5 - 1) m join made t on t.n = m % $4;
        insert into search.message (message_id, workspace_id, words) select id, workspace_id, search.words(workspace_id, body) from threads.message where workspace_id = $1;
        insert into search.followed (thread_id, workspace_id, version, at) select id, $1, $5 / $4, now() from made;
        """;

    /// <summary>One, or two on the same database.</summary>
    public int Processes { get; init; } = 1;

    public string Name => "Renexus";

    public string About => "one process, release build, standard settings; the limits on people are off";

    public async Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken)
    {
        var database = await cluster.CreateDatabaseAsync();
        var server = await new RenexusServer(program, null, database, cluster.Postmaster).StartAsync(cancellationToken);
        try
        {
            var population = await RenexusServer.PopulateAsync(server.Address, inventory.Writers, 1, cancellationToken);
            var threads = await FillAsync(database, population, inventory, cancellationToken);
            return server with
            {
                Population = population with { Threads = threads },
                Second = Processes > 1 ? await new RenexusServer(program, null, database, cluster.Postmaster).StartAsync(cancellationToken) : null,
            };
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static async Task<Guid[]> FillAsync(string database, Population population, Inventory inventory, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 600 });
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using (var workspace = new NpgsqlCommand("select workspace_id from threads.thread where id = $1", connection) { Parameters = { new() { Value = population.Threads[0] } } })
        {
            var id = (Guid)(await workspace.ExecuteScalarAsync(cancellationToken))!;
            foreach (var statement in Fill.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                await ExecuteAsync(connection, statement, id, population.Logins[0].UserId, inventory, cancellationToken);
        }

        await using (var tidy = new NpgsqlCommand("vacuum analyze", connection))
            await tidy.ExecuteNonQueryAsync(cancellationToken);
        await using var made = new NpgsqlCommand("select array_agg(id order by n) from made", connection);
        return (Guid[])(await made.ExecuteScalarAsync(cancellationToken))!;
    }

    // Figures and ids of our own; as parameters each statement would have to take all of them.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, Guid workspace, Guid author, Inventory inventory, CancellationToken cancellationToken)
    {
        var text = statement.TrimEnd(';')
            .Replace("$1", $"'{workspace}'::uuid", StringComparison.Ordinal)
            .Replace("$2", $"'{author}'::uuid", StringComparison.Ordinal)
            .Replace("$3", inventory.Users.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$4", inventory.Threads.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$5", inventory.Messages.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
