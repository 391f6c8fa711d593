using Npgsql;

namespace Renexus.Server.Gateway;

/// <summary>
/// House-keeping that every node does now and then and that may be missed: each run must be harmless beside the same run on another node. An outage of
/// the database is said once; the next run tries again.
/// </summary>
internal abstract partial class Recurring(TimeSpan every, TimeProvider clock, ILogger logger) : BackgroundService
{
    private bool isFailing;

    /// <summary>One run.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private async Task TryOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken);
            isFailing = false;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            if (!isFailing)
                Missed(logger, e, GetType().Name);
            isFailing = true;
        }
    }

    [LoggerMessage(1761, LogLevel.Warning, "{Work} could not run; it is tried again at its next time")]
    private static partial void Missed(ILogger logger, Exception exception, string work);
}
