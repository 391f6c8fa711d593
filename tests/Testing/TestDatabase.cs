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
    private readonly List<(NpgsqlDataSource Log, NpgsqlDataSource Jobs)> others = [];
    private PostgresCluster? cluster;

    /// <summary>One of a cluster of its own; the caller initializes it.</summary>
    public static TestDatabase On(PostgresCluster cluster) => new() { cluster = cluster };

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
        var isShared = cluster is null;
        cluster ??= await PostgresCluster.Shared;
        ConnectionString = await cluster.CreateDatabaseAsync();
        var address = new DatabaseAddress(ConnectionString);
        var options = new DatabaseOptions { PoolSize = 10 };
        App = DataSources.ForApp(address, options);
        Log = DataSources.ForLog(address, options);
        Login = isShared ? Pooled() : DataSources.ForLogin(address);
        Database = new Database(App, Log, NullLogger<Database>.Instance, new DatabaseLimits());
    }

    /// <summary>Another node's way to it, on connections of its own, which go with this: a test that names the same number later finds them open.</summary>
    public Database AnotherNode(int number)
    {
        var (address, options) = (new DatabaseAddress(ConnectionString), new DatabaseOptions { PoolSize = 15 });
        lock (others)
        {
            while (others.Count <= number)
                others.Add((DataSources.ForLog(address, options), DataSources.ForJobs(address, options)));
            var (log, jobs) = others[number];
            return new Database(App, log, NullLogger<Database>.Instance, new DatabaseLimits { JobConcurrency = DataSources.ForWorkers(options) }, jobs);
        }
    }

    /// <summary>A node's way to a database of somebody else, for a process that is a node and ends as one.</summary>
    public static Database NodeOn(string connectionString)
    {
        var address = new DatabaseAddress(connectionString);
        var options = new DatabaseOptions { PoolSize = 15 };
        return new Database(
            DataSources.ForApp(address, options), DataSources.ForLog(address, options), NullLogger<Database>.Instance,
            new DatabaseLimits { JobConcurrency = DataSources.ForWorkers(options) }, DataSources.ForJobs(address, options));
    }

    // A look behind the curtain would else cost a process of PostgreSQL, which is more than most tests take. Whoever kills a cluster has another.
    private NpgsqlDataSource Pooled() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        MaxPoolSize = 8,
        ConnectionIdleLifetime = 10,
        ConnectionPruningInterval = 5,
        ApplicationName = "renexus-tests",
    });

    public async ValueTask DisposeAsync()
    {
        Database?.Dispose();
        foreach (var (log, jobs) in others)
        {
            await log.DisposeAsync();
            await jobs.DisposeAsync();
        }
        foreach (var pool in (NpgsqlDataSource?[])[App, Log, Login])
        {
            if (pool is not null)
                await pool.DisposeAsync();
        }

        if (cluster is not null && ConnectionString.Length > 0)
            await cluster.DropDatabaseAsync(ConnectionString);
    }
}
