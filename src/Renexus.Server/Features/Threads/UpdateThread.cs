using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>Renames a thread, archives it, brings it back.</summary>
internal static class UpdateThread
{
    private static readonly Command Update = new(
        "threads.update",
        """
        update threads.thread t
        set title = coalesce($4, t.title), is_archived = coalesce($5, t.is_archived), version = t.version + 1, updated_at = $6
        from threads.visible v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($3) and t.id = v.id and ($7::bigint is null or t.version = $7)
        """);

    // Whoever changes it at the same time waits, so that what is recorded as before is what was before.
    private static readonly Command Lock = new(
        "threads.lock",
        """
        select from threads.thread t
        where t.id = $1 and exists (select from threads.visible v where v.id = t.id and v.viewer_id = $2 and v.role = any ($3))
        for no key update
        """);

    private static readonly Query<ThreadRow> After = new("threads.updated", ThreadRow.Select + "where v.id = $1 and v.viewer_id = $2");

    /// <param name="base">The version that the change is based on; null when any will do.</param>
    public static async Task<Outcome<ThreadRow>> RunAsync(
        Guid threadId, PatchThreadRequest request, long? @base, Guid userId, string? cause, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (request.Title is { } title && string.IsNullOrWhiteSpace(title))
            return Problems.Invalid("title", "A thread needs a title.");
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        await work.ExecuteAsync(Lock, [threadId, userId, Permissions.RolesFor(Permission.WriteThreads)], cancellationToken);
        var before = await work.QueryFirstAsync(After, [threadId, userId], cancellationToken);
        var updated = await work.ExecuteAsync(
            Update, [threadId, userId, Permissions.RolesFor(Permission.WriteThreads), request.Title, request.Archived, now, @base], cancellationToken);
        var thread = await work.QueryFirstAsync(After, [threadId, userId], cancellationToken);
        if (thread is null)
            return new CodedProblem(ProblemCode.NotFound, $"There is no thread {threadId}.");
        if (updated == 0)
        {
            return Permissions.Allows(thread.Role, Permission.WriteThreads)
                ? Problems.VersionConflict(thread.ToInfo())
                : new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to change threads.");
        }
        work.AnnounceThread(thread, ChangeOp.Update, userId, cause);
        work.RecordThread(AuditActions.ThreadUpdated, thread, before, thread);
        var placed = await work.CommitAsync(now);
        return thread with { Head = placed[0].Version, Epoch = placed[0].Epoch };
    }

    public static async Task<IResult> HandleAsync(
        Guid threadId, PatchThreadRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(threadId, request, ifMatch.Version, caller.UserId, cause: null, database, clock, cancellationToken);
        if (outcome.Failed(out var problem, out var thread))
            return TypedResults.Problem(problem);
        response.SetVersion(thread.Version);
        return TypedResults.Ok(thread.ToInfo());
    }
}
