using System.Net.Sockets;
using Npgsql;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Postgres;

/// <summary>
/// The database as a part of the server's life: there and migrated before anything else starts, and the last to go, so that everything that
/// drains still has it.
/// </summary>
internal sealed partial class DatabaseServer : IAsyncDisposable
{
    private const int OldestMajor = 14;

    private readonly DatabaseOptions options;
    private readonly IHostEnvironment environment;
    private readonly TimeProvider time;
    private readonly ILogger<DatabaseServer> logger;
    private readonly EmbeddedPostgres? embedded;
    private readonly NpgsqlDataSource login;
    private readonly Migrator migrator;
    private Task? beginning;

    public DatabaseServer(RenexusOptions options, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options.Database;
        this.environment = environment;
        this.time = time;
        logger = loggers.CreateLogger<DatabaseServer>();
        if (options.Database.ConnectionString is { } outside)
        {
            Address = new DatabaseAddress(outside);
        }
        else
        {
            embedded = new EmbeddedPostgres(FolderIn(options), time, loggers.CreateLogger<EmbeddedPostgres>());
            Address = new DatabaseAddress(embedded.ConnectionString, () => embedded.Password);
        }

        login = DataSources.ForLogin(Address);
        migrator = new Migrator(login, Migration.Embedded, loggers.CreateLogger<Migrator>());
    }

    public DatabaseAddress Address { get; }

    public bool IsEmbedded => embedded is not null;

    private bool MayMigrate => IsEmbedded || environment.IsDevelopment();

    /// <summary>
    /// Begins what the host's start waits for, and is then told how it ended: PostgreSQL comes up while the rest of the server is still put together.
    /// </summary>
    /// <param name="stopping">When the server is told to stop meanwhile.</param>
    public void Begin(CancellationToken stopping) => beginning ??= Task.Run(() => StartAsync(MayMigrate, stopping), CancellationToken.None);

    /// <summary>Waits for what has begun, or begins it now.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => beginning?.WaitAsync(cancellationToken) ?? StartAsync(MayMigrate, cancellationToken);

    /// <summary>Starts or reaches it and brings the schema up to date, or refuses to if that is not allowed.</summary>
    /// <returns>How many migrations were applied.</returns>
    public async Task<int> StartAsync(bool mayMigrate, CancellationToken cancellationToken)
    {
        if (embedded is not null)
            await embedded.StartAsync(cancellationToken);
        await ReachAsync(cancellationToken);
        if (mayMigrate)
        {
            var applied = await migrator.MigrateAsync(cancellationToken);
            await DatabaseRoles.RefuseToBypassAsync(login, cancellationToken);
            return applied;
        }

        if (await migrator.PendingAsync(cancellationToken) is { Count: > 0 } pending)
            throw new StartupException(
                $"The database lacks {pending.Count} migration{(pending.Count == 1 ? "" : "s")} ({pending[0]}{(pending.Count == 1 ? "" : $" to {pending[^1]}")}): " +
                "run the command migrate with the same configuration, then start again.");
        await DatabaseRoles.RefuseToBypassAsync(login, cancellationToken);
        return 0;
    }

    /// <summary>Stops the embedded one; an outside one is nobody's to stop.</summary>
    public async Task StopAsync()
    {
        if (embedded is not null)
            await embedded.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (beginning is not null)
            await beginning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await login.DisposeAsync();
        if (embedded is not null)
            await embedded.DisposeAsync();
    }

    /// <summary>The folder of the embedded database.</summary>
    public static string FolderOf(RenexusOptions options) => Path.Combine(options.DataDirectory, "postgres");

    /// <summary>How the embedded database of this installation is started.</summary>
    public static EmbeddedPostgresOptions FolderIn(RenexusOptions options)
    {
        return new(FolderOf(options), options.Database.CacheDirectory is { } chosen ? [chosen] : [.. PostgresCaches.ForThisUser, Path.Combine(options.DataDirectory, "cache")]);
    }

    // An outside database may come up after the server (containers start in any order), so what may pass is waited for.
    private async Task ReachAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.StartTimeout;
        for (var pause = TimeSpan.FromMilliseconds(250); ; pause = pause < TimeSpan.FromSeconds(2) ? pause * 2 : pause)
        {
            try
            {
                await using var connection = await login.OpenConnectionAsync(cancellationToken);
                if (connection.PostgreSqlVersion.Major < OldestMajor)
                    throw new StartupException($"The database is PostgreSQL {connection.PostgreSqlVersion}; Renexus needs {OldestMajor} or newer.");
                if (PostgresRelease.Doubt(connection.PostgreSqlVersion) is { } doubt)
                    LogDoubt(doubt);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                throw new StartupException($"The database refuses the login ({e.MessageText}): check Renexus:Database:ConnectionString.", e);
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
            {
                if (time.GetUtcNow() >= deadline)
                    throw new StartupException(
                        $"The database cannot be reached ({(e.InnerException ?? e).Message}): start it, or check Renexus:Database:ConnectionString.", e);
                LogWaiting((e.InnerException ?? e).Message);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(1003, LogLevel.Information, "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(1013, LogLevel.Warning, "{Doubt}")]
    private partial void LogDoubt(string doubt);
}
