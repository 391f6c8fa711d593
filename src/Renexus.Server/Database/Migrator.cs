using System.Diagnostics;
using Dapper;
using Npgsql;

namespace Renexus.Server.Postgres;

/// <summary>
/// Brings the schema to the state this program was built for: applies the numbered files that are missing, each in a transaction
/// of its own, and refuses a database that does not fit. Safe when several nodes start at once.
/// </summary>
internal sealed partial class Migrator(NpgsqlDataSource login, IReadOnlyList<Migration> migrations, ILogger<Migrator> logger)
{
    // The waiting is done by PostgreSQL: the lock is the session's and ends with it, whatever happens to this process.
    private const string Lock = "select pg_advisory_lock(hashtextextended('renexus.migration', 0))";

    private const string CreateHistory = """
        alter default privileges grant usage on schemas to renexus_backup;
        alter default privileges grant select on tables to renexus_backup;
        alter default privileges grant select on sequences to renexus_backup;
        create schema if not exists migration;
        grant usage on schema migration to renexus_app, renexus_log;
        create table if not exists migration.applied (
          number     integer     primary key,
          name       text        not null,
          checksum   text        not null,
          applied_at timestamptz not null default now()
        );
        grant select on migration.applied to renexus_app, renexus_log;
        """;

    private const string History = "select number, name, checksum from migration.applied order by number";

    private const string Remember = "insert into migration.applied (number, name, checksum) values (@Number, @Name, @Checksum)";

    /// <summary>Applies what is missing and returns how many files that were.</summary>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await login.OpenConnectionAsync(cancellationToken);
        await RunAsync(connection, Lock, cancellationToken);
        await PrepareAsync(connection, cancellationToken);

        var pending = Compare(await HistoryAsync(connection, cancellationToken));
        foreach (var migration in pending)
            await ApplyAsync(connection, migration, cancellationToken);
        return pending.Count;
    }

    /// <summary>The files that <see cref="MigrateAsync"/> would apply; changes nothing.</summary>
    public async Task<IReadOnlyList<Migration>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await login.OpenConnectionAsync(cancellationToken);
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("select to_regclass('migration.applied') is not null", cancellationToken: cancellationToken));
        return exists ? Compare(await HistoryAsync(connection, cancellationToken)) : migrations;
    }

    private static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(connection, DatabaseRoles.Create, cancellationToken);
            await RunAsync(connection, $"set role {DatabaseRoles.Owner}", cancellationToken);
            await RunAsync(connection, CreateHistory, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException(
                $"The database login lacks a right that migrations need ({e.MessageText}): " +
                "docs/deployment.md, \"Roles\", has the statements that an administrator runs once.", e);
        }
    }

    private static async Task<IReadOnlyList<Applied>> HistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<Applied>(new CommandDefinition(History, cancellationToken: cancellationToken))];

    private List<Migration> Compare(IReadOnlyList<Applied> history)
    {
        var known = migrations.ToDictionary(migration => migration.Number);
        foreach (var applied in history)
        {
            if (!known.Remove(applied.Number, out var migration))
                throw new StartupException(
                    $"The database has migration {applied.Number:0000}_{applied.Name}, which this version of Renexus does not know: " +
                    "start the newer version, or restore a backup from before the upgrade.");
            if (migration.Checksum != applied.Checksum)
                throw new StartupException(
                    $"Migration {migration} was changed after it had been applied to this database: " +
                    "restore the file and put the change into a new one.");
        }

        var last = history.Count == 0 ? 0 : history[^1].Number;
        var pending = known.Values.OrderBy(migration => migration.Number).ToList();
        if (pending is [var first, ..] && first.Number < last)
            throw new StartupException(
                $"Migration {first} comes before {last:0000}, which the database already has: give the new file the next free number.");
        return pending;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await RunAsync(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException e)
        {
            throw new StartupException(
                $"Migration {migration} failed and left nothing behind: {e.SqlState} {e.MessageText}.", e);
        }

        await connection.ExecuteAsync(new CommandDefinition(Remember, migration, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        LogApplied(migration, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    // A migration may take as long as it takes: the pools' five seconds are for requests.
    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(1010, LogLevel.Information, "Applied migration {Migration} in {Milliseconds} ms")]
    private partial void LogApplied(Migration migration, long milliseconds);

    private sealed record Applied(int Number, string Name, string Checksum);
}
