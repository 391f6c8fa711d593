using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Search;

/// <summary>The index of words, which follows the log: what was committed is found once it has been brought up to it.</summary>
internal sealed class SearchIndex(Database database)
{
    /// <summary>Threads and versions of each in one transaction, so that none is long.</summary>
    public const int ThreadsAtOnce = 50;
    public const int VersionsAtOnce = 20;

    private static readonly Query<Guid> Behind = new("search.behind", "select search.behind($1)");
    private static readonly Query<Guid> Follow = new("search.follow", "select search.follow($1, $2)");

    /// <summary>The threads that it is behind in, those that have waited longest first.</summary>
    public Task<IReadOnlyList<Guid>> BehindAsync(int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(Scope.None, Behind, [limit], cancellationToken);

    /// <summary>Brings so many threads a step nearer to the log; answers those that are still behind.</summary>
    public Task<IReadOnlyList<Guid>> FollowAsync(IReadOnlyList<Guid> threads, CancellationToken cancellationToken) =>
        database.QueryAsync(Scope.None, Follow, [threads.ToArray(), VersionsAtOnce], cancellationToken);
}
