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

/// <summary>Follows the log once a second, by no more than leaves the database time for those who write.</summary>
internal sealed class SearchFollowing(SearchIndex index, RenexusOptions options, TimeProvider clock, ILogger<SearchFollowing> logger)
    : Recurring(TimeSpan.FromSeconds(1), clock, logger)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => index.FollowAsync(options.Search.IndexedPerSecond, cancellationToken);
}
