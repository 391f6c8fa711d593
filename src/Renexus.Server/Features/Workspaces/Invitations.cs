using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Writes an invitation and has it mailed; inviting an address again replaces the link it got before.</summary>
internal sealed class Invitations(MailOutbox outbox, RenexusOptions options, TimeProvider clock)
{
    private sealed record Issued(
        Guid Id, Guid WorkspaceId, string Email, string Role, Guid? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
        string WorkspaceName, string InviterName, bool IsNew);

    private static readonly Query<Issued> Upsert = new("workspaces.invite", """
        with written as (
          insert into workspaces.invitation
            (id, workspace_id, email, email_key, role, token_hash, invited_by, created_at, expires_at)
          select $3, c.workspace_id, $4, $5, $6, $7, c.user_id, $8, $9
          from workspaces.membership c
          where c.workspace_id = $1 and c.user_id = $2 and c.role = any($10)
          on conflict (workspace_id, email_key) where accepted_at is null do update
          set email = excluded.email, role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
              created_at = excluded.created_at, expires_at = excluded.expires_at
          where invitation.role <> 'owner' or exists (
            select from workspaces.membership o where o.workspace_id = $1 and o.user_id = $2 and o.role = any($11))
          returning id, workspace_id, email, role, invited_by, created_at, expires_at
        )
        select i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at,
               w.name as workspace_name, p.name as inviter_name, i.id = $3 as is_new
        from written i
        join workspaces.workspace w on w.id = i.workspace_id
        join accounts.person p on p.id = i.invited_by
        """);

    // Whoever sends it again is the one who invites now.
    private static readonly Query<Issued> Renew = new("workspaces.invite_again", """
        with written as (
          update workspaces.invitation i
          set token_hash = $4, invited_by = c.user_id, created_at = $5, expires_at = $6
          from workspaces.membership c
          where i.id = $2 and i.workspace_id = $1 and i.accepted_at is null
            and c.workspace_id = i.workspace_id and c.user_id = $3
            and c.role = any(case when i.role = 'owner' then $8::text[] else $7::text[] end)
          returning i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at
        )
        select i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at,
               w.name as workspace_name, p.name as inviter_name, false as is_new
        from written i
        join workspaces.workspace w on w.id = i.workspace_id
        join accounts.person p on p.id = i.invited_by
        """);

    private static readonly Query<string> RoleOf = new("workspaces.role_invited_as", """
        select role from workspaces.invitation where id = $1 and workspace_id = $2 and accepted_at is null
        """);

    /// <summary>Commits the caller's transaction with the mail in it, or says why the person may not.</summary>
    public async Task<(ProblemHttpResult? Problem, Invitation? Invitation)> InviteAsync(
        Work work, Guid workspaceId, AddMemberRequest request, Guid userId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var permission = Permissions.ToManage(request.Role!);
        // Nobody's: the one in the mail is made when the mail is written.
        var placeholder = SecretToken.New();
        var issued = await work.QueryFirstAsync(
            Upsert,
            [
                workspaceId, userId, Guid.CreateVersion7(now), request.Email, EmailAddress.Key(request.Email!), request.Role, placeholder.Hash(),
                now, now + options.Invitations.Lifetime, Permissions.RolesFor(permission), Permissions.RolesFor(Permission.ManageOwners),
            ],
            cancellationToken);
        if (issued is null)
        {
            var (problem, _) = await work.ExplainAsync(workspaceId, userId, permission, cancellationToken);
            return (problem ?? Problems.Forbidden("This address has been invited as an owner, which only an owner changes."), null);
        }

        work.Record(AuditActions.InvitationMade, workspaceId, issued.Id, after: new { email = Auditing.Mask(issued.Email), issued.Role });
        return (null, await SendAsync(work, workspaceId, issued, now, cancellationToken));
    }

    /// <summary>The same for an invitation that is out already: it gets a new link, and the one before opens nothing any more.</summary>
    public async Task<(ProblemHttpResult? Problem, Invitation? Invitation)> InviteAgainAsync(
        Work work, Guid workspaceId, Guid invitationId, Guid userId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var placeholder = SecretToken.New();
        var issued = await work.QueryFirstAsync(
            Renew,
            [
                workspaceId, invitationId, userId, placeholder.Hash(), now, now + options.Invitations.Lifetime,
                Permissions.RolesFor(Permission.ManageMembers), Permissions.RolesFor(Permission.ManageOwners),
            ],
            cancellationToken);
        if (issued is null)
            return (await RefuseAsync(work, workspaceId, invitationId, userId, cancellationToken), null);

        work.Record(AuditActions.InvitationSentAgain, workspaceId, issued.Id, after: new { email = Auditing.Mask(issued.Email), issued.Role });
        return (null, await SendAsync(work, workspaceId, issued, now, cancellationToken));
    }

    /// <summary>Why an open invitation could not be touched.</summary>
    public static async Task<ProblemHttpResult> RefuseAsync(
        Work work, Guid workspaceId, Guid invitationId, Guid userId, CancellationToken cancellationToken)
    {
        var role = await work.QueryFirstAsync(RoleOf, [invitationId, workspaceId], cancellationToken);
        var (problem, _) = await work.ExplainAsync(workspaceId, userId, Permissions.ToManage(role ?? Roles.Viewer), cancellationToken);
        return problem ?? Problems.NotFound("invitation", invitationId);
    }

    private async Task<Invitation> SendAsync(
        Work work, Guid workspaceId, Issued issued, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var invitation = new Invitation(
            issued.Id, workspaceId, issued.Email, issued.Role, issued.InvitedBy, issued.CreatedAt, issued.ExpiresAt);
        work.AnnounceToWorkspace(
            workspaceId, issued.IsNew ? ChangeOp.Create : ChangeOp.Update, "invitation", issued.Id, invitation, issued.InvitedBy);
        await outbox.PutAsync(work, InvitationMail.Kind, new { workspaceId, invitationId = issued.Id }, cancellationToken);
        await work.CommitAsync(now);
        return invitation;
    }
}
