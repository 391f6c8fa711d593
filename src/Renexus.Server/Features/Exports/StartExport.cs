using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Exports;

/// <summary>Has an archive of a workspace made: one at a time, and few are kept.</summary>
internal static class StartExport
{
    /// <summary>Archives of one workspace that are kept at once.</summary>
    public const int MostKept = 5;

    private static readonly Query<int> Kept = new("exports.kept", """
        select count(*)::integer from exports.export e where e.workspace_id = $1 and e.ready_at is not null and e.removed_at is null and e.expires_at > $2
        """);

    private static readonly Command Insert = new("exports.insert", """
        insert into exports.export (id, workspace_id, job_id, requested_by, created_at, expires_at)
        select $4, m.workspace_id, $5, m.user_id, $6, $7
        from workspaces.member m
        where m.workspace_id = $3 and m.user_id = $1 and m.role = any ($2)
        """);

    private static readonly Query<ExportRow> Find = new("exports.started", ExportRow.Select + "and e.id = $4");

    public static async Task<Results<Accepted<WorkspaceExport>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Caller caller, Database database, JobClient jobs, RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await ExportRow.RefuseAsync(work, workspaceId, caller.UserId, cancellationToken) is { } refusal)
            return refusal;

        var id = Guid.CreateVersion7(now);
        // The key is held until the job has ended; whoever asks in the same moment waits here for this transaction.
        var job = await jobs.EnqueueAsync(
            work, MakeExport.Kind, new MakeExport.Wanted(id), cancellationToken,
            new JobOptions { WorkspaceId = workspaceId, Unique = new UniqueKey($"{MakeExport.Kind.Name}:{workspaceId:n}") });
        if (!job.IsNew)
            return Problems.Conflict("An archive of this workspace is being made already; wait for it, or cancel it.");
        if (await work.QueryFirstAsync(Kept, [workspaceId, now], cancellationToken) >= MostKept)
            return Problems.Conflict($"{MostKept} archives of this workspace are kept already; remove one first.");
        if (await work.ExecuteAsync(Insert, [caller.UserId, ExportRow.Roles, workspaceId, id, job.Id, now, now + options.Exports.Lifetime], cancellationToken) == 0)
            return (await ExportRow.RefuseAsync(work, workspaceId, caller.UserId, cancellationToken))!;

        var started = await work.QueryFirstAsync(Find, [caller.UserId, ExportRow.Roles, now, id], cancellationToken);
        work.AnnounceExport(ChangeOp.Create, workspaceId, id, caller.UserId);
        work.Record(AuditActions.ExportRequested, workspaceId, id);
        await work.CommitAsync(now);
        return TypedResults.Accepted($"/api/workspaces/{workspaceId}/exports", started!.ToInfo("waiting"));
    }
}
