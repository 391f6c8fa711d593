using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class UpdateWorkspace
{
    private static readonly Query<Workspace> Update = new("workspaces.update", """
        update workspaces.workspace w
        set name = coalesce($3, w.name), version = w.version + 1, updated_at = $4
        from workspaces.membership m
        where w.id = $1 and w.deleted_at is null
          and m.workspace_id = w.id and m.user_id = $2 and m.role = any($5)
          and ($6::bigint is null or w.version = $6)
        returning w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        """);

    public static async Task<Results<Ok<Workspace>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, PatchWorkspaceRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var before = await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken);
        var workspace = await work.QueryFirstAsync(
            Update,
            [workspaceId, caller.UserId, request.Name?.Trim(), now, Permissions.RolesFor(Permission.RenameWorkspace), ifMatch.Version],
            cancellationToken);
        if (workspace is null)
        {
            var (problem, current) = await work.ExplainAsync(workspaceId, caller.UserId, Permission.RenameWorkspace, cancellationToken);
            return problem ?? Problems.VersionConflict(current!);
        }

        work.AnnounceToWorkspace(workspaceId, ChangeOp.Update, "workspace", workspaceId, workspace with { Role = null }, caller.UserId);
        work.Record(AuditActions.WorkspaceUpdated, workspaceId, workspaceId, new { before!.Name }, new { workspace.Name });
        await work.CommitAsync(now);

        response.SetVersion(workspace.Version);
        return TypedResults.Ok(workspace);
    }
}
