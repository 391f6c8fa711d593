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

    private static readonly Query<PlaceRow> WorkspacesOf = new(
        "threads.workspaces_of", "select w.thread_id, w.workspace_id from threads.workspaces_of($1) w");

    private readonly ConcurrentDictionary<Guid, Guid> workspaces = new();

    /// <summary>Null when there is no such thread for this person, as far as is not remembered.</summary>
    public ValueTask<Guid?> WorkspaceOfAsync(Guid threadId, Guid userId, CancellationToken cancellationToken) =>
        workspaces.TryGetValue(threadId, out var known) ? ValueTask.FromResult<Guid?>(known) : FindAsync(threadId, userId, cancellationToken);

    /// <summary>The workspaces of these threads, for the system's own work; threads that are gone have none.</summary>
    public async ValueTask<IReadOnlyCollection<Guid>> WorkspacesOfAsync(IReadOnlyCollection<Guid> threads, CancellationToken cancellationToken)
    {
        var found = new HashSet<Guid>();
        var unknown = new List<Guid>();
        foreach (var thread in threads)
        {
            if (workspaces.TryGetValue(thread, out var known))
                found.Add(known);
            else
                unknown.Add(thread);
        }
        if (unknown.Count == 0)
            return found;
        foreach (var (thread, workspace) in await database.QueryAsync(Scope.None, WorkspacesOf, [unknown.ToArray()], cancellationToken))
        {
            Remember(thread, workspace);
            found.Add(workspace);
        }
        return found;
    }

    private async ValueTask<Guid?> FindAsync(Guid threadId, Guid userId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Scope.Of(userId), WorkspaceOf, [threadId, userId], cancellationToken);
        if (rows.Count == 0)
            return null;
        Remember(threadId, rows[0]);
        return rows[0];
    }

    private void Remember(Guid thread, Guid workspace)
    {
        if (workspaces.Count >= Remembered)
            workspaces.Clear();
        workspaces[thread] = workspace;
    }

    private sealed record PlaceRow(Guid ThreadId, Guid WorkspaceId);
}
