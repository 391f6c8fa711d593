using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Makes another member the owner; whoever gives it away stays as an admin (OR-2).</summary>
internal static class TransferWorkspace
{
    private sealed record Changed(Guid UserId);

    private static readonly Query<Changed> Give = new("workspaces.transfer", """
        update workspaces.membership t
        set role = case t.user_id when $2 then 'admin' else 'owner' end, version = t.version + 1, updated_at = $4
        where t.workspace_id = $1 and t.user_id in ($2, $3)
          and exists (
            select from workspaces.membership c where c.workspace_id = $1 and c.user_id = $2 and c.role = any($5))
          and exists (
            select from workspaces.membership n where n.workspace_id = $1 and n.user_id = $3)
        returning t.user_id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, TransferWorkspaceRequest request, Caller caller, Database database, WorkspaceNotices notices, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var heir = request.UserId!.Value;
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } workspace)
            return Problems.NotFound("workspace", workspaceId);

        // Whoever may not is told so whatever else is wrong.
        var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, Permission.TransferWorkspace, cancellationToken);
        if (problem is not null)
            return problem;
        if (heir == caller.UserId)
            return Problems.Validation("userId", "You are an owner already; choose somebody else.");

        var changed = await work.QueryAsync(
            Give, [workspaceId, caller.UserId, heir, now, Permissions.RolesFor(Permission.TransferWorkspace)], cancellationToken);
        if (changed.Count == 0)
            return Problems.Validation("userId", "Choose a member of the workspace; invite who is none yet.");

        foreach (var userId in new[] { heir, caller.UserId })
        {
            var member = await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken);
            work.AnnounceMember(ChangeOp.Update, workspaceId, workspace.Name, member!, caller.UserId);
            await notices.RoleChangedAsync(work, workspaceId, workspace.Name, member!, caller.UserId, cancellationToken);
        }

        work.Record(AuditActions.WorkspaceTransferred, workspaceId, workspaceId, new { owner = caller.UserId }, new { owner = heir });
        await work.CommitAsync(now);

        logger.WorkspaceTransferred(workspaceId, heir, caller.UserId);
        return TypedResults.NoContent();
    }
}
