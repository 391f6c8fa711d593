using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Search;

/// <summary>The index of words, which follows the log: what was committed is found once it has been brought up to it.</summary>
internal sealed class SearchIndex(Database database)
{
    /// <summary>Threads and versions of each in one transaction, so that none is long.</summary>
    private const int ThreadsAtOnce = 50;
    private const int VersionsAtOnce = 20;

    private static readonly Query<Followed> Follow = new("search.follow", "select search.follow($1, $2) as threads");

    /// <summary>Brings the index up to the log, by <paramref name="most"/> messages or a few more.</summary>
    public async Task FollowAsync(int most, CancellationToken cancellationToken)
    {
        for (var left = most; left > 0; left -= ThreadsAtOnce * VersionsAtOnce)
        {
            var followed = await database.QueryFirstAsync(Scope.None, Follow, [ThreadsAtOnce, VersionsAtOnce], cancellationToken);
            if (followed!.Threads == 0)
                return;
        }
    }

    private sealed record Followed(int Threads);
}

/// <summary>Follows the log once a second, by no more than leaves the database time for those who write. A process that works does it.</summary>
internal sealed partial class SearchFollowing(SearchIndex index, RenexusOptions options, TimeProvider clock, ILogger<SearchFollowing> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Has(ProcessRoles.Worker))
            return;
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
    }

    private async Task TryFollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await index.FollowAsync(options.Search.IndexedPerSecond, cancellationToken);
            isFailing = false;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            if (!isFailing)
                Waits(logger, e.Message);
            isFailing = true;
        }
    }

    [LoggerMessage(3301, LogLevel.Warning, "The index of words waits: {Reason}")]
    private static partial void Waits(ILogger logger, string reason);
}
