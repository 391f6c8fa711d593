using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Takes an invitation back: its link opens nothing any more (OR-2).</summary>
internal static class RevokeInvitation
{
    private sealed record Revoked(Guid Id);

    private static readonly Query<Revoked> Delete = new("workspaces.revoke_invitation", """
        delete from workspaces.invitation i
        using workspaces.membership c
        where i.id = $2 and i.workspace_id = $1 and i.accepted_at is null
          and c.workspace_id = i.workspace_id and c.user_id = $3
          and c.role = any(case when i.role = 'owner' then $5::text[] else $4::text[] end)
        returning i.id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid invitationId, Caller caller, Database database, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is null)
            return Problems.NotFound("workspace", workspaceId);
        var revoked = await work.QueryFirstAsync(
            Delete,
            [
                workspaceId, invitationId, caller.UserId, Permissions.RolesFor(Permission.ManageMembers),
                Permissions.RolesFor(Permission.ManageOwners),
            ],
            cancellationToken);
        if (revoked is null)
            return await Invitations.RefuseAsync(work, workspaceId, invitationId, caller.UserId, cancellationToken);

        work.AnnounceToWorkspace(workspaceId, ChangeOp.Delete, "invitation", invitationId, new { }, caller.UserId);
        work.Record(AuditActions.InvitationWithdrawn, workspaceId, invitationId);
        await work.CommitAsync(now);

        logger.InvitationRevoked(workspaceId, invitationId, caller.UserId);
        return TypedResults.NoContent();
    }
}
