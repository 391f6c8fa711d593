using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>Moves one's own read marker (TH-4): never past the thread's end, and back only when asked to.</summary>
internal static class MarkRead
{
    // A marker that stays where it is gives no row.
    private static readonly Query<MarkerRow> Move = new(
        "threads.mark_read",
        """
        insert into threads.read_marker as r (thread_id, user_id, workspace_id, version, updated_at)
        select v.id, v.viewer_id, v.workspace_id, least($3, coalesce(h.version, 0)), $4
        from threads.visible v
        left join engine.channel h on h.kind = 3 and h.id = v.id
        where v.id = $1 and v.viewer_id = $2
        on conflict (thread_id, user_id) do update
          set version = excluded.version, updated_at = excluded.updated_at
          where excluded.version > r.version or ($5 and excluded.version < r.version)
        returning r.version
        """);

    private static readonly Query<MarkerRow> Stands = new(
        "threads.read_marker_stands",
        """
        select coalesce(r.version, 0) as version
        from threads.visible v
        left join threads.read_marker r on r.thread_id = v.id and r.user_id = v.viewer_id
        where v.id = $1 and v.viewer_id = $2
        """);

    /// <summary>Answers where the marker stands now.</summary>
    public static async Task<Outcome<long>> RunAsync(
        Guid threadId, MarkReadRequest request, Guid userId, string? cause, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var marker = await work.QueryFirstAsync(Move, [threadId, userId, request.Version!.Value, now, request.Back ?? false], cancellationToken);
        if (marker is null)
        {
            // It has not moved: there is nothing to tell.
            return await work.QueryFirstAsync(Stands, [threadId, userId], cancellationToken) is { } stands
                ? stands.Version : Problems.NotFound("thread", threadId);
        }
        work.Announce(new NewChange(
            Channels.User(userId), null, ChangeOp.Update, "readMarker", threadId,
            Json.Utf8(new { threadId, version = marker.Version }), userId, cause));
        await MessageNotices.ReadAsync(work, userId, threadId, marker.Version, now, cancellationToken);
        await work.CommitAsync(now);
        return marker.Version;
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid threadId, MarkReadRequest request, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(threadId, request, caller.UserId, cause: null, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out _) ? TypedResults.Problem(problem) : TypedResults.NoContent();
    }

    private sealed record MarkerRow(long Version);
}
