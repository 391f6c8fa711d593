using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;

namespace Renexus.Testing;

/// <summary>
/// A migrated database for one test class (<c>IClassFixture&lt;TestDatabase&gt;</c>): a copy of the template, reached as the server reaches it.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private PostgresCluster? cluster;

    /// <summary>What a server would be given as <c>Renexus:Database:ConnectionString</c>.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Connections with the application's role.</summary>
    public NpgsqlDataSource App { get; private set; } = null!;

    /// <summary>Connections with the log reader's role.</summary>
    public NpgsqlDataSource Log { get; private set; } = null!;

    /// <summary>Connections of the login itself, past every policy: for looking behind the curtain.</summary>
    public NpgsqlDataSource Login { get; private set; } = null!;

    /// <summary>The engine's way to it.</summary>
    public Database Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await PostgresCluster.Shared;
        ConnectionString = await cluster.CreateDatabaseAsync();
        var address = new DatabaseAddress(ConnectionString);
        var options = new DatabaseOptions { PoolSize = 10 };
        App = DataSources.ForApp(address, options);
        Log = DataSources.ForLog(address, options);
        Login = DataSources.ForLogin(address);
        Database = new Database(App, Log, NullLogger<Database>.Instance, new DatabaseLimits());
    }

    public async ValueTask DisposeAsync()
    {
        Database?.Dispose();
        foreach (var pool in (NpgsqlDataSource?[])[App, Log, Login])
        {
            if (pool is not null)
                await pool.DisposeAsync();
        }

        if (cluster is not null && ConnectionString.Length > 0)
            await cluster.DropDatabaseAsync(ConnectionString);
    }
}
