using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Renexus.Server.Postgres;

/// <summary>What one embedded database needs to know.</summary>
/// <param name="Root">Its folder.</param>
/// <param name="Caches">Where the programs may be unpacked, best first.</param>
/// <param name="Settings">Further PostgreSQL settings, <c>name=value</c>; they win over ours.</param>
/// <param name="Durable">False for tests whose data is worth nothing: creating it does not wait for the disk.</param>
internal sealed record EmbeddedPostgresOptions(string Root, string[] Caches, string[]? Settings = null, bool Durable = true);

/// <summary>
/// A real PostgreSQL as a child process: created on first use, reachable by this machine only, started again when it is killed, and gone when
/// this process is gone.
/// </summary>
internal sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    // Enough for several nodes' pools of 20 beside backups and a person with a console; the write-ahead log holds what
    // backups with point-in-time recovery need.
    private static readonly string[] OurSettings =
    [
        "max_connections=60", "shared_buffers=128MB", "wal_level=replica", "fsync=on", "synchronous_commit=on", "full_page_writes=on",
        "jit=off", "random_page_cost=1.1", "timezone=UTC", "log_timezone=UTC", "log_checkpoints=off", .. PostgresLog.Settings,
    ];

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly EmbeddedPostgresOptions options;
    private readonly PostgresDirectory directory;
    private readonly TimeProvider time;
    private readonly ILogger<EmbeddedPostgres> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly int port;

    private PostgresBinaries? binaries;
    private PostgresAccount? account;
    private PostgresProcess? process;
    private Task supervision = Task.CompletedTask;

    public EmbeddedPostgres(EmbeddedPostgresOptions options, TimeProvider time, ILogger<EmbeddedPostgres> logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        directory = new PostgresDirectory(options.Root, ChooseSockets());
        port = OperatingSystem.IsWindows() ? FreePort() : 5432;
    }

    /// <summary>Who the server is there.</summary>
    public const string Login = "renexus";

    /// <summary>The database that the server uses.</summary>
    public const string DatabaseName = "postgres";

    /// <summary>How to reach it, known before it runs; <see cref="Password"/> is to be had later.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = OperatingSystem.IsWindows() ? "127.0.0.1" : directory.Sockets,
        Port = port,
        Username = Login,
        Database = DatabaseName,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    public string Password => File.ReadAllText(directory.PasswordFile);

    /// <summary>The process number of the running PostgreSQL.</summary>
    public int? Postmaster => directory.Postmaster;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        directory.Lock();
        binaries = PostgresBinaries.Ensure(options.Caches);
        account = PostgresAccount.For(directory.Data, binaries.Postgres);
        await directory.PrepareAsync(binaries, account, options.Durable, cancellationToken);
        process = await RunAsync(cancellationToken);
        supervision = SuperviseAsync();
    }

    /// <summary>Stops it and gives its folder free; further calls have nothing left to do.</summary>
    public async Task StopAsync()
    {
        if (stopping.IsCancellationRequested)
            return;

        await stopping.CancelAsync();
        await supervision;
        if (process is not null)
            await process.DisposeAsync();
        directory.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task<PostgresProcess> RunAsync(CancellationToken cancellationToken)
    {
        await directory.ClearRemainsAsync(account!, time, cancellationToken);
        directory.MakeSockets(account!);
        var started = PostgresProcess.Start(binaries!, account!, directory, Settings(), new PostgresLog(logger));
        try
        {
            await Task.WhenAny(started.Log.Ready, started.Exited).WaitAsync(cancellationToken);
            if (started.Exited.IsCompleted)
                throw new StartupException($"The embedded PostgreSQL in {options.Root} did not start: {started.Log.Failure ?? $"exit code {await started.Exited}"}");
            LogStarted(binaries!.Version, directory.Postmaster);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    // While it is away, connections fail and the pools recover by themselves; this only has to bring it back.
    private async Task SuperviseAsync()
    {
        while (true)
        {
            await Task.WhenAny(process!.Exited, Task.Delay(Timeout.InfiniteTimeSpan, time, stopping.Token));
            if (stopping.IsCancellationRequested)
                return;

            LogEnded(await process.Exited, process.Log.Failure);
            await process.DisposeAsync();
            for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    process = await RunAsync(stopping.Token);
                    break;
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    process = null;
                    return;
                }
                catch (Exception e)
                {
                    LogNotRestarted(e.Message, pause);
                    await Task.Delay(pause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    private IEnumerable<string> Settings() =>
    [
        .. OurSettings,
        $"port={port}",
        // Unix: the socket alone, nothing listens on the network.
        $"listen_addresses={(OperatingSystem.IsWindows() ? "127.0.0.1" : "")}",
        $"unix_socket_directories={(OperatingSystem.IsWindows() ? "" : directory.Sockets)}",
        "unix_socket_permissions=0700",
        .. options.Settings ?? [],
    ];

    private static string ChooseSockets()
    {
        // ".s.PGSQL.5432.lock" comes behind it. The general folder for temporary files can be long (macOS) or closed to PostgreSQL's account (a root's own TMPDIR).
        const int Room = 107 - 20;
        var name = $"{PostgresDirectory.SocketsPrefix}{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var path = Path.Combine(Path.GetTempPath(), name);
        return OperatingSystem.IsWindows() || (path.Length <= Room && !Environment.IsPrivilegedProcess) ? path : $"/tmp/{name}";
    }

    // Between the choice and its use somebody else could take it; the start then fails and says so.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LoggerMessage(1021, LogLevel.Information, "Embedded PostgreSQL {Version} runs as process {ProcessId}")]
    private partial void LogStarted(string version, int? processId);

    [LoggerMessage(1022, LogLevel.Error, "The embedded PostgreSQL ended by itself with code {ExitCode} ({Reason}); starting it again")]
    private partial void LogEnded(int exitCode, string? reason);

    [LoggerMessage(1023, LogLevel.Error, "The embedded PostgreSQL could not be started again ({Reason}); next try in {Pause}")]
    private partial void LogNotRestarted(string reason, TimeSpan pause);
}
