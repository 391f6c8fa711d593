using Npgsql;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Postgres;

/// <summary>Makes the pools: one login, a role for each of them.</summary>
internal static class DataSources
{
    /// <summary>The key of the pool of those who work on jobs.</summary>
    public const string Jobs = "renexus_jobs";

    // Of the pool's connections (DB-3): one listens for hints, some read the log, some work on jobs, the rest is the application's.
    private const int Listening = 1;

    /// <summary>For features: row-level security applies.</summary>
    public static NpgsqlDataSource ForApp(DatabaseAddress address, DatabaseOptions options) =>
        Pool(address, options, DatabaseRoles.App, options.PoolSize - ForLogReaders(options) - ForWorkers(options) - Listening);

    /// <summary>For the engine's own readers and the connection that listens.</summary>
    public static NpgsqlDataSource ForLog(DatabaseAddress address, DatabaseOptions options) =>
        Pool(address, options, DatabaseRoles.Log, ForLogReaders(options) + Listening);

    /// <summary>For those who work on jobs: as many at once as <see cref="Engine.Storage.DatabaseLimits.JobConcurrency"/>.</summary>
    public static NpgsqlDataSource ForJobs(DatabaseAddress address, DatabaseOptions options) =>
        Pool(address, options, DatabaseRoles.Log, ForWorkers(options), Jobs);

    /// <summary>For migrations: the login itself, one connection at a time, kept no longer than it is used.</summary>
    public static NpgsqlDataSource ForLogin(DatabaseAddress address) =>
        Build(address, "renexus-login", settings => settings.Pooling = false);

    public static int ForWorkers(DatabaseOptions options) => Math.Max(1, options.PoolSize / 5);

    private static int ForLogReaders(DatabaseOptions options) => Math.Max(1, options.PoolSize / 5);

    private static NpgsqlDataSource Pool(DatabaseAddress address, DatabaseOptions options, string role, int size, string? name = null) =>
        Build(address, (name ?? role).Replace('_', '-'), settings =>
        {
            settings.MaxPoolSize = Math.Max(1, size);
            settings.MinPoolSize = Math.Min(2, settings.MaxPoolSize);
            // Sessions carry no state of their own: the role is part of how they began, scopes are local to their transaction.
            settings.NoResetOnClose = true;
            settings.Options = string.Join(' ', settings.Options,
                $"-c role={role}",
                $"-c statement_timeout={options.QueryTimeout.TotalMilliseconds:F0}",
                "-c idle_in_transaction_session_timeout=30000",
                // Every statement is selective and prepared once: planning it anew for each value costs more than it could save.
                "-c plan_cache_mode=force_generic_plan").Trim();
            // The server's own limit speaks first and leaves the connection whole; the client's is for a server that is silent.
            settings.CommandTimeout = (int)Math.Ceiling(options.QueryTimeout.TotalSeconds) + 1;
            settings.Timeout = 5;
            settings.CancellationTimeout = 1000;
            settings.MaxAutoPrepare = 256;
            settings.AutoPrepareMinUsages = 2;
            settings.KeepAlive = 30;
            settings.Enlist = false;
        });

    private static NpgsqlDataSource Build(DatabaseAddress address, string name, Action<NpgsqlConnectionStringBuilder> configure)
    {
        // The name is what metrics call the pool; without it they would show the connection string.
        var builder = new NpgsqlDataSourceBuilder(address.ConnectionString) { Name = name };
        builder.ConnectionStringBuilder.ApplicationName ??= name;
        configure(builder.ConnectionStringBuilder);
        if (address.Password is { } password)
            builder.UsePasswordProvider(_ => password(), (_, _) => new(password()));
        return builder.Build();
    }
}

/// <summary>Where the database is, before it necessarily runs: the embedded one has its password only when it was created.</summary>
internal sealed record DatabaseAddress(string ConnectionString, Func<string>? Password = null);
