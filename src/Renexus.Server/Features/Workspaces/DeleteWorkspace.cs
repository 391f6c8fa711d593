using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Takes a workspace out of everybody's sight at once; its rows stay for the grace period (OR-4).</summary>
internal static class DeleteWorkspace
{
    private static readonly Query<Workspace> Delete = new("workspaces.delete", """
        update workspaces.workspace w
        set deleted_at = $3, version = w.version + 1, updated_at = $3
        from workspaces.membership m
        where w.id = $1 and w.deleted_at is null
          and m.workspace_id = w.id and m.user_id = $2 and m.role = any($4)
          and ($5::bigint is null or w.version = $5)
        returning w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, IfMatch ifMatch, Caller caller, Database database, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var workspace = await work.QueryFirstAsync(
            Delete,
            [workspaceId, caller.UserId, now, Permissions.RolesFor(Permission.DeleteWorkspace), ifMatch.Version],
            cancellationToken);
        if (workspace is null)
        {
            var (problem, current) = await work.ExplainAsync(workspaceId, caller.UserId, Permission.DeleteWorkspace, cancellationToken);
            return problem ?? Problems.VersionConflict(current!);
        }

        work.AnnounceToWorkspace(workspaceId, ChangeOp.Delete, "workspace", workspaceId, workspace with { Role = null }, caller.UserId);
        await work.AnnounceMembershipsAsync(ChangeOp.Delete, workspaceId, workspace.Name, caller.UserId, cancellationToken);
        work.Record(AuditActions.WorkspaceDeleted, workspaceId, workspaceId, before: new { workspace.Name });
        await work.CommitAsync(now);

        logger.WorkspaceDeleted(workspaceId, caller.UserId);
        return TypedResults.NoContent();
    }
}
