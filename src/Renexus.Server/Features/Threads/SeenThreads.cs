using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Whether somebody sees a thread, and how far it has come. It is what every cached page is asked for with, so it is always read; those
/// who ask at the same moment are answered by one statement, each row with the authorization of its own viewer.
/// </summary>
internal sealed class SeenThreads : IAsyncDisposable
{
    private static readonly Query<SeenRow> Seen = new(
        "threads.seen",
        """
        select v.id as thread_id, v.viewer_id, coalesce(h.version, 0) as version, coalesce(h.epoch, engine.epoch()) as epoch
        from unnest($1::uuid[], $2::uuid[]) as w (thread_id, viewer_id)
        join threads.visible v on v.id = w.thread_id and v.viewer_id = w.viewer_id
        left join engine.channel h on h.kind = $3 and h.id = v.id
        """);

    private readonly Database database;
    private readonly ThreadDirectory directory;
    private readonly BatchLoader<(Guid Thread, Guid Viewer), SeenRow> loader;

    public SeenThreads(Database database, ThreadDirectory directory, ILogger<SeenThreads> logger)
    {
        (this.database, this.directory) = (database, directory);
        loader = new(new BatchLoaderOptions(), LoadAsync, logger);
    }

    /// <summary>Null for strangers.</summary>
    public async ValueTask<Position?> FindAsync(Guid threadId, Guid viewerId, CancellationToken cancellationToken) =>
        await loader.LoadAsync((threadId, viewerId), cancellationToken) is { } row ? new Position(row.Version, row.Epoch) : null;

    public ValueTask DisposeAsync() => loader.DisposeAsync();

    private async Task<IReadOnlyDictionary<(Guid, Guid), SeenRow>> LoadAsync(IReadOnlyCollection<(Guid Thread, Guid Viewer)> keys)
    {
        Guid[] threads = [.. keys.Select(static key => key.Thread)];
        Guid[] viewers = [.. keys.Select(static key => key.Viewer)];
        var workspaces = await directory.WorkspacesOfAsync(threads, CancellationToken.None);
        var rows = await database.QueryAsync(Scope.In([.. workspaces]), Seen, [threads, viewers, Channels.ThreadKind], CancellationToken.None);
        return rows.ToDictionary(static row => (row.ThreadId, row.ViewerId));
    }

    private sealed record SeenRow(Guid ThreadId, Guid ViewerId, long Version, long Epoch);
}
