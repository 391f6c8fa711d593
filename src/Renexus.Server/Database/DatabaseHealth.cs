using System.Diagnostics;
using Npgsql;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Postgres;

/// <summary>What was last known of the database.</summary>
/// <param name="IsConnected">Whether it answered.</param>
/// <param name="Since">When that last changed.</param>
/// <param name="RoundTrip">How long its last answer took.</param>
internal sealed record DatabaseStatus(bool IsConnected, DateTimeOffset Since, TimeSpan? RoundTrip);

/// <summary>
/// Asks the database whether it is well: every 30 s (DB-3), more often while it is not, and at once when somebody has reason to doubt.
/// </summary>
internal sealed partial class DatabaseHealth(
    [FromKeyedServices(DatabaseRoles.Log)] NpgsqlDataSource pool, RenexusOptions options, TimeProvider time, ILogger<DatabaseHealth> logger) : BackgroundService
{
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(600);

    private readonly Lock sync = new();
    private readonly SemaphoreSlim doubt = new(0, 1);
    private Task probe = Task.CompletedTask;
    private DateTimeOffset probed = DateTimeOffset.MinValue;

    /// <summary>What is known without asking.</summary>
    public DatabaseStatus Status { get; private set; } = new(IsConnected: true, time.GetUtcNow(), RoundTrip: null);

    /// <summary>Something failed that may be the database: look at once. While it is known to be away, that is done anyway.</summary>
    public void Doubt()
    {
        lock (sync)
        {
            if (Status.IsConnected && doubt.CurrentCount == 0)
                doubt.Release();
        }
    }

    /// <summary>
    /// The state of this second, for <c>/health</c>: many askers share one probe, and none waits a second for it. A database that is silent that
    /// long counts as away.
    /// </summary>
    public async Task<DatabaseStatus> AskAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - probed < Fresh)
            return Status;

        try
        {
            await ProbeAsync().WaitAsync(AnswerLimit, time, cancellationToken);
            return Status;
        }
        catch (TimeoutException)
        {
            return Status with { IsConnected = false };
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        doubt.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ProbeAsync();
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var pause = Task.Delay(Status.IsConnected ? options.Database.HealthInterval : WhileAway, time, wake.Token);
            await Task.WhenAny(pause, doubt.WaitAsync(wake.Token));
            await wake.CancelAsync();
        }
    }

    private Task ProbeAsync()
    {
        lock (sync)
        {
            if (probe.IsCompleted)
                probe = Task.Run(ProbeOnceAsync);
            return probe;
        }
    }

    private async Task ProbeOnceAsync()
    {
        var started = Stopwatch.GetTimestamp();
        // A pooled connection may be a dead one from before an outage; the second try opens another.
        var failure = await AskOnceAsync() is null ? null : await AskOnceAsync();
        probed = time.GetUtcNow();
        Report(failure, failure is null ? Stopwatch.GetElapsedTime(started) : null);
    }

    private async Task<Exception?> AskOnceAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(ProbeLimit, time);
            await using var connection = await pool.OpenConnectionAsync(limit.Token);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(limit.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            return e;
        }
    }

    private void Report(Exception? failure, TimeSpan? roundTrip)
    {
        var isConnected = failure is null;
        if (isConnected == Status.IsConnected)
        {
            Status = Status with { RoundTrip = roundTrip };
            return;
        }

        var lasted = probed - Status.Since;
        Status = new(isConnected, probed, roundTrip);
        if (failure is null)
            LogBack(lasted);
        else
            LogAway((failure.InnerException ?? failure).Message);
    }

    [LoggerMessage(1004, LogLevel.Error, "The database is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(1005, LogLevel.Warning, "The database is back after {Outage}")]
    private partial void LogBack(TimeSpan outage);
}
