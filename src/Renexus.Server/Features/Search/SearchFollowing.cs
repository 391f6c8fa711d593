using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Search;

/// <summary>
/// Follows the log once a second, by no more than leaves the database time for those who write. A process that works does it. It hears
/// which threads have moved, here and on other nodes; what nobody told it, as before its start, it finds by comparing all of them once a minute.
/// </summary>
internal sealed partial class SearchFollowing(
    SearchIndex index, Database database, HintBus hints, RenexusOptions options, TimeProvider clock, ILogger<SearchFollowing> logger) : BackgroundService
{
    /// <summary>How many threads one comparison finds; when there are more, the next second finds them.</summary>
    private const int FoundAtOnce = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ComparedEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Queue<Guid> waiting = new();
    private readonly HashSet<Guid> marked = [];
    private long? comparedAt;
    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Has(ProcessRoles.Worker))
            return;
        database.Committed += OnCommitted;
        hints.Moved += OnMoved;
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryFollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on from where it has come to.
        }
        finally
        {
            hints.Moved -= OnMoved;
            database.Committed -= OnCommitted;
        }
    }

    private void OnCommitted(IReadOnlyList<Change> changes) => Mark(changes.Select(change => change.Channel));

    private void OnMoved(IReadOnlyList<(ChannelId Channel, long Version)> moved) => Mark(moved.Select(one => one.Channel));

    private void Mark(IEnumerable<ChannelId> channels) => Mark(channels.Where(channel => channel.Kind == Channels.ThreadKind).Select(channel => channel.Id));

    private void Mark(IEnumerable<Guid> threads)
    {
        lock (gate)
        {
            foreach (var thread in threads)
            {
                if (marked.Add(thread))
                    waiting.Enqueue(thread);
            }
        }
    }

    private List<Guid> Take()
    {
        var taken = new List<Guid>();
        lock (gate)
        {
            while (taken.Count < SearchIndex.ThreadsAtOnce && waiting.TryDequeue(out var thread))
            {
                marked.Remove(thread);
                taken.Add(thread);
            }
        }

        return taken;
    }

    private async Task TryFollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (comparedAt is not { } at || clock.GetElapsedTime(at) >= ComparedEvery)
                await CompareAsync(cancellationToken);
            await FollowAsync(cancellationToken);
            isFailing = false;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            if (!isFailing)
                Waits(logger, e.Message);
            isFailing = true;
        }
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        var behind = await index.BehindAsync(FoundAtOnce, cancellationToken);
        Mark(behind);
        comparedAt = behind.Count < FoundAtOnce ? clock.GetTimestamp() : null;
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        for (var left = options.Search.IndexedPerSecond; left > 0; left -= SearchIndex.ThreadsAtOnce * SearchIndex.VersionsAtOnce)
        {
            var threads = Take();
            if (threads.Count == 0)
                return;
            try
            {
                Mark(await index.FollowAsync(threads, cancellationToken));
            }
            catch
            {
                Mark(threads);
                throw;
            }
        }
    }

    [LoggerMessage(3301, LogLevel.Warning, "The index of words waits: {Reason}")]
    private static partial void Waits(ILogger logger, string reason);
}
