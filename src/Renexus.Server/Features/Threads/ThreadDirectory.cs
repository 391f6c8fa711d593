using System.Collections.Concurrent;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Which workspace a thread belongs to. It never changes, so it is remembered; it says nothing about who may do what, which
/// every statement checks by itself.
/// </summary>
internal sealed class ThreadDirectory(Database database)
{
    private const int Remembered = 100_000;

    private static readonly Query<Guid> WorkspaceOf = new(
        "threads.workspace_of", "select workspace_id from threads.visible where id = $1 and viewer_id = $2");

    private readonly ConcurrentDictionary<Guid, Guid> workspaces = new();

    /// <summary>Null when there is no such thread for this person, as far as is not remembered.</summary>
    public ValueTask<Guid?> WorkspaceOfAsync(Guid threadId, Guid userId, CancellationToken cancellationToken) =>
        workspaces.TryGetValue(threadId, out var known) ? ValueTask.FromResult<Guid?>(known) : FindAsync(threadId, userId, cancellationToken);

    private async ValueTask<Guid?> FindAsync(Guid threadId, Guid userId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Scope.Of(userId), WorkspaceOf, [threadId, userId], cancellationToken);
        if (rows.Count == 0)
            return null;
        if (workspaces.Count >= Remembered)
            workspaces.Clear();
        return workspaces[threadId] = rows[0];
    }
}
