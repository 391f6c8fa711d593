using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Writes an invitation and sends it; inviting an address again replaces the link it got before.</summary>
internal sealed class Invitations(Mailer mailer, RenexusOptions options, TimeProvider clock)
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
          returning id, workspace_id, email, role, invited_by, created_at, expires_at
        )
        select i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at,
               w.name as workspace_name, p.name as inviter_name, i.id = $3 as is_new
        from written i
        join workspaces.workspace w on w.id = i.workspace_id
        join accounts.person p on p.id = i.invited_by
        """);

    /// <summary>Commits the caller's transaction and sends the mail, or says why the person may not.</summary>
    public async Task<(ProblemHttpResult? Problem, Invitation? Invitation)> InviteAsync(
        Work work, Guid workspaceId, AddMemberRequest request, Guid userId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var permission = Permissions.ToManage(request.Role!);
        var token = SecretToken.New();
        var issued = await work.QueryFirstAsync(
            Upsert,
            [
                workspaceId, userId, Guid.CreateVersion7(now), request.Email, EmailAddress.Key(request.Email!), request.Role, token.Hash(),
                now, now + options.Invitations.Lifetime, Permissions.RolesFor(permission),
            ],
            cancellationToken);
        if (issued is null)
        {
            var (problem, _) = await work.ExplainAsync(workspaceId, userId, permission, cancellationToken);
            return (problem ?? Problems.NotFound("workspace", workspaceId), null);
        }

        var invitation = new Invitation(
            issued.Id, workspaceId, issued.Email, issued.Role, issued.InvitedBy, issued.CreatedAt, issued.ExpiresAt);
        work.AnnounceToWorkspace(
            workspaceId, issued.IsNew ? ChangeOp.Create : ChangeOp.Update, "invitation", issued.Id, invitation, userId);
        await work.CommitAsync(now);

        await mailer.SendAsync(Write(issued, token), cancellationToken);
        return (null, invitation);
    }

    private OutgoingMail Write(Issued issued, SecretToken token) => new(
        issued.Email,
        $"{issued.InviterName} invites you to {issued.WorkspaceName}",
        $"""
        {issued.InviterName} invites you to the workspace "{issued.WorkspaceName}" on Renexus.

        Open this link to join:
        {options.PublicUrl}/invite?token={token.Reveal()}

        It works once, with an account of this email address, until {issued.ExpiresAt:yyyy-MM-dd HH:mm} UTC.
        If you do not know what this is about, ignore it: nothing happens without you.

        """);
}
