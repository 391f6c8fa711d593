using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Brings a deleted workspace back as it was, with all of its people (OR-4).</summary>
internal static class RestoreWorkspace
{
    private static readonly Query<Workspace> Restore = new("workspaces.restore", """
        update workspaces.workspace w
        set deleted_at = null, version = w.version + 1, updated_at = $3
        from workspaces.membership m
        where w.id = $1 and w.deleted_at > $5
          and m.workspace_id = w.id and m.user_id = $2 and m.role = any($4)
        returning w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        """);

    public static async Task<Results<Ok<Workspace>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Caller caller, HttpResponse response, Database database, DeletedWorkspaces deleted, TimeProvider clock,
        ILogger<Program> logger, CancellationToken cancellationToken)
    {
        if (!await deleted.IsRestorableAsync(workspaceId, caller.UserId, cancellationToken))
            return Problems.NotFound("workspace", workspaceId);

        // The door has opened this one workspace, which is in nobody's scope while it is deleted.
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.In(workspaceId), cancellationToken);
        var workspace = await work.QueryFirstAsync(
            Restore,
            [workspaceId, caller.UserId, now, Permissions.RolesFor(Permission.DeleteWorkspace), deleted.Threshold],
            cancellationToken);
        if (workspace is null)
            return Problems.NotFound("workspace", workspaceId);

        work.AnnounceToWorkspace(workspaceId, ChangeOp.Create, "workspace", workspaceId, workspace with { Role = null }, caller.UserId);
        await work.AnnounceMembershipsAsync(ChangeOp.Create, workspaceId, workspace.Name, caller.UserId, cancellationToken);
        work.Record(AuditActions.WorkspaceRestored, workspaceId, workspaceId, after: new { workspace.Name });
        await work.CommitAsync(now);

        logger.WorkspaceRestored(workspaceId, caller.UserId);
        response.SetVersion(workspace.Version);
        return TypedResults.Ok(workspace);
    }
}
