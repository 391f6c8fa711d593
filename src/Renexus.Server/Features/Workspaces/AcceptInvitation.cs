using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Joins by the token that came by mail; it works once. The token alone is the proof: people have more than one address, and who signs in
/// by another one than was invited still comes in (OR-2). The inviter is told whenever the addresses differ.
/// </summary>
internal static class AcceptInvitation
{
    internal sealed record Door(Guid Id, Guid WorkspaceId);

    private sealed record State(string Email, bool IsForCaller, bool WasAcceptedByCaller, bool IsOpen, Guid? Inviter, string? InviterEmail);

    private sealed record Joined(string Role);

    internal static readonly Query<Door> ByToken = new("workspaces.invitation_of", """
        select id, workspace_id from workspaces.invitation_of($1)
        """);

    private static readonly Query<State> Look = new("workspaces.look_at_invitation", """
        select i.email, exists (select from accounts.person_by_email(i.email_key) p where p.id = $3) as is_for_caller,
               i.accepted_by is not distinct from $3 as was_accepted_by_caller,
               i.accepted_at is null and i.expires_at > $4 as is_open, b.user_id as inviter, b.email as inviter_email
        from workspaces.invitation i
        left join workspaces.member b on b.workspace_id = i.workspace_id and b.user_id = i.invited_by
        where i.id = $1 and i.token_hash = $2
        """);

    // Who has come in another way meanwhile keeps the role that brought.
    private static readonly Query<Joined> Join = new("workspaces.accept_invitation", """
        with accepted as (
          update workspaces.invitation
          set accepted_at = $3, accepted_by = $2
          where id = $1 and accepted_at is null
          returning workspace_id, role
        )
        insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at)
        select workspace_id, $2, role, $3, $3 from accepted
        on conflict (workspace_id, user_id) do nothing
        returning role
        """);

    public static async Task<Results<Ok<Workspace>, ProblemHttpResult>> HandleAsync(
        string token, Caller caller, HttpResponse response, Database database, TimeProvider clock, MailOutbox outbox, WorkspaceNotices notices,
        ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var door = SecretToken.TryParse(token, out var secret)
            ? await database.QueryFirstAsync(Scope.None, ByToken, [secret.Hash()], cancellationToken)
            : null;
        if (door is null)
            return Gone;

        // The token has opened this one workspace; its holder is no member yet.
        var (id, workspaceId) = door;
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.In(workspaceId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } locked
            || await work.QueryFirstAsync(Look, [id, secret!.Hash(), caller.UserId, now], cancellationToken) is not { } state)
            return Gone;
        if (state.IsOpen)
        {
            work.Record(
                AuditActions.InvitationAccepted, workspaceId, id, after: new { email = Auditing.Mask(state.Email), byThatAddress = state.IsForCaller });
            var joined = await work.QueryFirstAsync(Join, [id, caller.UserId, now], cancellationToken);
            work.AnnounceToWorkspace(workspaceId, ChangeOp.Delete, "invitation", id, new { }, caller.UserId);
            if (joined is not null)
            {
                var member = await work.QueryFirstAsync(Memberships.Find, [workspaceId, caller.UserId], cancellationToken);
                work.AnnounceMember(ChangeOp.Create, workspaceId, locked.Name, member!, caller.UserId);
                work.Record(AuditActions.MemberAdded, workspaceId, caller.UserId, after: new { member!.Role });
                if (state.Inviter is { } host)
                    await notices.JoinedAsync(work, workspaceId, locked.Name, member, host, cancellationToken);
                if (!state.IsForCaller && state.Inviter is { } inviter)
                {
                    work.AnnounceToUser(
                        inviter, ChangeOp.Update, "invitation", id, new AcceptedInvitation(id, workspaceId, state.Email, member!), caller.UserId);
                    await outbox.PutAsync(
                        work, InvitationMail.UsedKind,
                        new { inviterEmail = state.InviterEmail, email = state.Email, workspaceName = locked.Name, member!.Name, memberEmail = member.Email, member.Role },
                        cancellationToken);
                }
            }
        }
        else if (!state.WasAcceptedByCaller)
        {
            return Gone;
        }

        // The same link again shows the way in, unless its user has left since.
        var workspace = await work.QueryFirstAsync(GetWorkspace.ForMember, [workspaceId, caller.UserId], cancellationToken);
        if (workspace is null)
            return Gone;
        await work.CommitAsync(now);

        logger.InvitationAccepted(workspaceId, caller.UserId, workspace.Role!);
        response.SetVersion(workspace.Version);
        return TypedResults.Ok(workspace);
    }

    internal static ProblemHttpResult Gone => Problems.Of(ProblemCode.NotFound, "This invitation has been used, was replaced or has run out.");
}
