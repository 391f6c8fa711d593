using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>Takes a thread out of everybody's sight: by whoever made it, or by an admin.</summary>
internal static class DeleteThread
{
    private static readonly Query<ThreadRow> Before = new("threads.deleting", ThreadRow.Select + "where v.id = $1 and v.viewer_id = $2");

    private static readonly Command Delete = new(
        "threads.delete",
        """
        update threads.thread t set deleted_at = $4, version = t.version + 1, updated_at = $4
        from threads.visible v
        where v.id = $1 and v.viewer_id = $2 and t.id = v.id and t.deleted_at is null
          and (v.role = any ($3) or (v.created_by = $2 and v.role = any ($5)))
          and ($6::bigint is null or t.version = $6)
        """);

    public static async Task<Outcome<ThreadRow>> RunAsync(
        Guid threadId, long? @base, Guid userId, string? cause, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.QueryFirstAsync(Before, [threadId, userId], cancellationToken) is not { } thread)
            return new CodedProblem(ProblemCode.NotFound, $"There is no thread {threadId}.");
        var deleted = await work.ExecuteAsync(
            Delete, [threadId, userId, Permissions.RolesFor(Permission.ModerateThreads), now, Permissions.RolesFor(Permission.WriteThreads), @base], cancellationToken);
        if (deleted == 0)
        {
            return Permissions.Allows(thread.Role, Permission.ModerateThreads) || (thread.CreatedBy == userId && Permissions.Allows(thread.Role, Permission.WriteThreads))
                ? Problems.VersionConflict(thread.ToInfo())
                : new CodedProblem(ProblemCode.Forbidden, "Whoever opened the thread, or an admin, may delete it.");
        }
        await MessageNotices.WithdrawThreadAsync(work, threadId, cancellationToken);
        work.AnnounceThread(thread with { Version = thread.Version + 1 }, ChangeOp.Delete, userId, cause);
        work.RecordThread(AuditActions.ThreadDeleted, thread, before: thread, after: null);
        var placed = await work.CommitAsync(now);
        return thread with { Version = thread.Version + 1, Head = placed[0].Version, Epoch = placed[0].Epoch };
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid threadId, IfMatch ifMatch, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(threadId, ifMatch.Version, caller.UserId, cause: null, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out _) ? TypedResults.Problem(problem) : TypedResults.NoContent();
    }
}
