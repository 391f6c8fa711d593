using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;

namespace Renexus.Server.Commands;

/// <summary>The database of an installation for a command: beside the running server if there is one, else started for the time being.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly EmbeddedPostgres? embedded;
    private readonly NpgsqlDataSource login;

    private Installation(DatabaseAddress address, EmbeddedPostgres? embedded) => (this.embedded, login) = (embedded, DataSources.ForLogin(address));

    /// <exception cref="StartupException">It cannot be reached, or its schema is not this version's.</exception>
    public static async Task<Installation> OpenAsync(RenexusOptions options, CancellationToken cancellationToken)
    {
        RowMapping.Register();
        var folder = DatabaseServer.FolderOf(options);
        EmbeddedPostgres? started = null;
        DatabaseAddress address;
        if (options.Database.ConnectionString is { } outside)
            address = new DatabaseAddress(outside);
        else if (RunningIn(folder) is { } running)
            address = running;
        else
        {
            started = new EmbeddedPostgres(DatabaseServer.FolderIn(options), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
            await started.StartAsync(cancellationToken);
            address = new DatabaseAddress(started.ConnectionString, () => started.Password);
        }

        var installation = new Installation(address, started);
        try
        {
            await installation.RefusePendingAsync(cancellationToken);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the embedded PostgreSQL of a running server listens: its own file says so.</summary>
    public static DatabaseAddress? RunningIn(string folder)
    {
        var pidFile = Path.Combine(folder, "data", "postmaster.pid");
        if (!File.Exists(pidFile) || File.ReadAllLines(pidFile) is not { Length: >= 8 } lines || lines[7].Trim() is not "ready")
            return null;
        var (port, sockets) = (lines[3].Trim(), lines[4].Trim());
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = sockets.Length > 0 ? sockets : "127.0.0.1",
            Port = int.Parse(port, CultureInfo.InvariantCulture),
            Username = EmbeddedPostgres.Login,
            SslMode = SslMode.Disable,
            Database = EmbeddedPostgres.DatabaseName,
        };
        return new DatabaseAddress(address.ConnectionString, () => File.ReadAllText(Path.Combine(folder, "password")).Trim());
    }

    /// <summary>A connection that sees every row of every workspace.</summary>
    /// <exception cref="StartupException">The login may not become the owner.</exception>
    public async Task<NpgsqlConnection> OpenAsOwnerAsync(CancellationToken cancellationToken)
    {
        var connection = await login.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"set role {DatabaseRoles.Owner}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch (PostgresException e)
        {
            await connection.DisposeAsync();
            throw new StartupException($"The database login may not become {DatabaseRoles.Owner} ({e.MessageText}): use the login that runs the migrations.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await login.DisposeAsync();
        if (embedded is not null)
            await embedded.DisposeAsync();
    }

    private async Task RefusePendingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await new Migrator(login, Migration.Embedded, NullLogger<Migrator>.Instance).PendingAsync(cancellationToken) is { Count: > 0 } pending)
                throw new StartupException($"The database lacks migrations, from {pending[0]}: start the server or run the command migrate first.");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new StartupException($"The database cannot be reached ({(e.InnerException ?? e).Message}): start it, or check Renexus:Database:ConnectionString.", e);
        }
    }
}
