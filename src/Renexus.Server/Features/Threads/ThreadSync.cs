using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Threads, changed offline. Title and archiving are fields: the last writer's stand, each for itself, in the order of commits. A change of
/// what somebody deleted, and a deletion of what somebody changed, are conflicts.
/// </summary>
internal sealed class ThreadSync(Database database, TimeProvider clock) : ISyncResource
{
    private static readonly Query<bool> WasDeleted = new(
        "threads.was_deleted",
        """
        select true from threads.thread t
        join workspaces.member m on m.workspace_id = t.workspace_id and m.user_id = $2
        where t.id = $1 and t.deleted_at is not null
          and (not t.is_private or exists (select from threads.participant p where p.thread_id = t.id and p.user_id = $2))
        """);

    private static readonly Query<string> AtVersion = new(
        "threads.at_version",
        """
        select x.data from engine.change x
        where x.resource = 'thread' and x.resource_id = $1 and (x.data::jsonb ->> 'version')::bigint <= $2
        order by (x.data::jsonb ->> 'version')::bigint desc
        limit 1
        """);

    public string Name => "thread";

    public string? OperationOf(ChangeOp op) => op switch
    {
        ChangeOp.Create => "create thread on workspace",
        ChangeOp.Update => "update thread on thread",
        _ => "delete thread on thread",
    };

    public Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken) => write.Op switch
    {
        ChangeOp.Create => CreateAsync(write, cancellationToken),
        ChangeOp.Update => UpdateAsync(write, cancellationToken),
        _ => DeleteAsync(write, cancellationToken),
    };

    private async Task<SyncAnswer> CreateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (workspace, rest) = write.TakeParent("workspaceId");
        var request = rest.Read<CreateThreadRequest>();
        var outcome = await CreateThread.RunAsync(
            workspace, request with { Id = request.Id ?? write.NewResourceId() }, write.Caller.UserId, write.Id, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out var created)
            ? SyncAnswer.Refused(problem)
            : SyncAnswer.Done(created.Thread.Id, created.Thread.Version, created.Thread.ToInfo());
    }

    private async Task<SyncAnswer> UpdateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var id = write.RequireResourceId();
        var request = write.Read<PatchThreadRequest>();
        var outcome = await UpdateThread.RunAsync(id, request, @base: null, write.Caller.UserId, write.Id, database, clock, cancellationToken);
        if (!outcome.Failed(out var problem, out var thread))
            return SyncAnswer.Done(id, thread.Version, thread.ToInfo(), isMerged: write.Base is { } version && thread.Version > version + 1);
        return problem.Code == ProblemCode.NotFound && await WasDeletedAsync(id, write.Caller.UserId, cancellationToken)
            ? SyncAnswer.Conflicting(id, await BaseAsync(write, id, cancellationToken), write.Data, theirs: null, version: 0)
            : SyncAnswer.Refused(problem);
    }

    private async Task<SyncAnswer> DeleteAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (id, user) = (write.RequireResourceId(), write.Caller.UserId);
        var outcome = await DeleteThread.RunAsync(id, write.Base, user, write.Id, database, clock, cancellationToken);
        if (!outcome.Failed(out var problem, out var thread))
            return SyncAnswer.Done(id, thread.Version, thread.ToInfo());
        if (problem.Code == ProblemCode.PreconditionFailed && await GetThread.FindAsync(database, id, user, cancellationToken) is { } theirs)
            return SyncAnswer.Conflicting(id, await BaseAsync(write, id, cancellationToken), mine: null, theirs.ToInfo(), theirs.Version);
        // Somebody else did what was to be done.
        return problem.Code == ProblemCode.NotFound && await WasDeletedAsync(id, user, cancellationToken)
            ? SyncAnswer.Done(id, write.Base ?? 0, new { id }, isMerged: true)
            : SyncAnswer.Refused(problem);
    }

    private Task<bool> WasDeletedAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), WasDeleted, [id, userId], cancellationToken);

    /// <summary>What the change was made on, as far as the log still tells.</summary>
    private async Task<JsonElement?> BaseAsync(SyncWrite write, Guid id, CancellationToken cancellationToken)
    {
        if (write.Base is not { } version)
            return null;
        var data = await database.QueryFirstAsync(Scope.Of(write.Caller.UserId), AtVersion, [id, version], cancellationToken);
        return data is null ? null : JsonElement.Parse(data);
    }
}
