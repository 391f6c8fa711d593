using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Exports;

/// <summary>Cancels an archive in the making, or takes one out of everybody's sight and its links away; its pieces are removed by a job.</summary>
internal static class RemoveExport
{
    private static readonly Query<Guid> Remove = new("exports.remove", """
        update exports.export e set removed_at = $3, expires_at = $3
        from workspaces.member m
        where e.id = $5 and e.workspace_id = $4 and e.removed_at is null and e.expires_at > $3
          and m.workspace_id = e.workspace_id and m.user_id = $1 and m.role = any ($2)
        returning e.job_id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid exportId, Caller caller, Database database, JobClient jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var removed = await work.QueryAsync(Remove, [caller.UserId, ExportRow.Roles, now, workspaceId, exportId], cancellationToken);
        if (removed.Count == 0)
            return await ExportRow.RefuseAsync(work, workspaceId, caller.UserId, cancellationToken) ?? Problems.NotFound("export", exportId);

        await jobs.CancelAsync(work, removed[0], cancellationToken);
        await jobs.EnqueueAsync(
            work, ExportRetention.Kind, new NoPayload(), cancellationToken,
            new JobOptions { ForNobody = true, Unique = new UniqueKey(ExportRetention.Kind.Name) { OnlyWhileWaiting = true } });
        await Notices.WithdrawAsync(work, exportId, cancellationToken);
        work.AnnounceExport(ChangeOp.Delete, workspaceId, exportId, caller.UserId);
        work.Record(AuditActions.ExportRemoved, workspaceId, exportId);
        await work.CommitAsync(now);
        return TypedResults.NoContent();
    }
}
