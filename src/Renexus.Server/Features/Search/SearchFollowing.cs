using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Search;

/// <summary>
/// Follows the log once a second, by no more than leaves the database time for those who write. A process that works does it. It hears
/// which threads and workspaces have moved, here and on other nodes; what nobody told it, as before its start, it finds by comparing all of them once a minute.
/// </summary>
internal sealed partial class SearchFollowing(
    SearchIndex index, ContentIndex content, Database database, HintBus hints, RenexusOptions options, TimeProvider clock, ILogger<SearchFollowing> logger) : BackgroundService
{
    /// <summary>How many threads, and how many content items, one comparison finds; when there are more, the next second finds them.</summary>
    private const int FoundAtOnce = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ComparedEvery = TimeSpan.FromMinutes(1);

    private long? comparedAt;
    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Has(ProcessRoles.Worker))
            return;
        using var moved = new MovedChannels(database, hints, channel => channel.Kind == Channels.ThreadKind);
        using var movedWorkspaces = new MovedChannels(database, hints, channel => channel.Kind == Channels.WorkspaceKind);
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryFollowAsync(moved, movedWorkspaces, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on from where it has come to.
        }
    }

    private async Task TryFollowAsync(MovedChannels moved, MovedChannels movedWorkspaces, CancellationToken cancellationToken)
    {
        try
        {
            if (comparedAt is not { } at || clock.GetElapsedTime(at) >= ComparedEvery)
                await CompareAsync(moved, cancellationToken);
            await FollowAsync(moved, cancellationToken);
            await content.FollowAsync(movedWorkspaces, cancellationToken);
            isFailing = false;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            if (!isFailing)
                Waits(logger, e.Message);
            isFailing = true;
        }
    }

    private async Task CompareAsync(MovedChannels moved, CancellationToken cancellationToken)
    {
        var behind = await index.BehindAsync(FoundAtOnce, cancellationToken);
        moved.Add(behind.Select(Channels.Thread));
        var hasMoreContent = await content.CompareAsync(FoundAtOnce, cancellationToken);
        comparedAt = behind.Count < FoundAtOnce && !hasMoreContent ? clock.GetTimestamp() : null;
    }

    private async Task FollowAsync(MovedChannels moved, CancellationToken cancellationToken)
    {
        for (var left = options.Search.IndexedPerSecond; left > 0; left -= SearchIndex.ThreadsAtOnce * SearchIndex.VersionsAtOnce)
        {
            var threads = moved.Take(SearchIndex.ThreadsAtOnce);
            if (threads.Count == 0)
                return;
            try
            {
                var behind = await index.FollowAsync([.. threads.Select(thread => thread.Id)], cancellationToken);
                moved.Add(behind.Select(Channels.Thread));
            }
            catch
            {
                moved.Add(threads);
                throw;
            }
        }
    }

    [LoggerMessage(3301, LogLevel.Warning, "The index of words waits: {Reason}")]
    private static partial void Waits(ILogger logger, string reason);
}
