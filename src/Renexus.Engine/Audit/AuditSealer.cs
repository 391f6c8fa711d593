using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Audit;

/// <summary>
/// Gives committed entries their places in their chains. Every node has one; the database lets one of them work at a time. It is woken
/// by this node's own commits, and looks now and then for what a killed node left.
/// </summary>
public sealed partial class AuditSealer(Database database, TimeProvider clock, ILogger<AuditSealer> logger)
{
    private const int BatchSize = 500;
    private const int Busy = -1;

    // What is committed within it is sealed together.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var work = new SemaphoreSlim(1, 1);
        void Wake()
        {
            lock (work)
            {
                if (work.CurrentCount == 0)
                    work.Release();
            }
        }

        database.Recorded += Wake;
        try
        {
            while (true)
            {
                await work.WaitAsync(Sweep, stop);
                await TrySealAsync(stop);
                await Task.Delay(Gathering, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was committed last waits for the next start, or for another node.
        }
        finally
        {
            database.Recorded -= Wake;
        }
    }

    /// <summary>Seals what there is. Answers whether nothing is left that this node could see.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<bool> SealAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var sealedNow = (await database.QueryLogAsync(AuditLog.Seal, [BatchSize], cancellationToken))[0];
            if (sealedNow == Busy)
                return false;
            if (sealedNow < BatchSize)
                return true;
        }
    }

    private async Task TrySealAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Another node is at it: what it did not see yet is ours in a moment.
            while (!await SealAsync(cancellationToken))
                await Task.Delay(Gathering, clock, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or ObjectDisposedException)
        {
            LogWaiting((e.InnerException ?? e).Message);
            await Task.Delay(AfterFailure, clock, cancellationToken);
        }
    }

    [LoggerMessage(2501, LogLevel.Warning, "Audit entries wait for their seal: {Reason}")]
    private partial void LogWaiting(string reason);
}
