using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Brings a person in by email: at once with an account, verified or not, else by an invitation.</summary>
internal static class AddMember
{
    private sealed record Person(Guid Id, string Name, string Email);

    private sealed record Joined(string Role, long Version, DateTimeOffset CreatedAt);

    private static readonly Query<Person> ByEmail = new("workspaces.person_by_email", """
        select id, name, email from accounts.person_by_email($1)
        """);

    private static readonly Query<Joined> Insert = new("workspaces.add_member", """
        insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at)
        select c.workspace_id, $3, $4, $5, $5
        from workspaces.membership c
        where c.workspace_id = $1 and c.user_id = $2 and c.role = any($6)
        on conflict (workspace_id, user_id) do nothing
        returning role, version, created_at
        """);

    // Who is in needs no invitation any more.
    private static readonly Command Withdraw = new("workspaces.withdraw_invitation", """
        delete from workspaces.invitation where workspace_id = $1 and email_key = $2 and accepted_at is null
        """);

    public static async Task<Results<Created<Member>, Accepted<Invitation>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, AddMemberRequest request, Caller caller, Database database, Invitations invitations, VerifiedEmail verified,
        WorkspaceNotices notices, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = EmailAddress.Key(request.Email!);
        var permission = Permissions.ToManage(request.Role!);

        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } workspace)
            return Problems.NotFound("workspace", workspaceId);
        if (await verified.RefuseAsync(work, caller.UserId, cancellationToken) is { } unproven)
            return unproven;

        if (await work.QueryFirstAsync(ByEmail, [key], cancellationToken) is not { } person)
        {
            var (refusal, invitation) = await invitations.InviteAsync(work, workspaceId, request, caller.UserId, cancellationToken);
            return refusal is not null ? refusal : TypedResults.Accepted((string?)null, invitation);
        }

        var joined = await work.QueryFirstAsync(
            Insert, [workspaceId, caller.UserId, person.Id, request.Role, now, Permissions.RolesFor(permission)], cancellationToken);
        if (joined is null)
        {
            var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, permission, cancellationToken);
            return problem ?? Problems.Conflict("This person is a member already.");
        }

        await work.ExecuteAsync(Withdraw, [workspaceId, key], cancellationToken);
        var member = new Member(person.Id, person.Name, person.Email, joined.Role, joined.Version, joined.CreatedAt);
        work.AnnounceMember(ChangeOp.Create, workspaceId, workspace.Name, member, caller.UserId);
        await notices.AddedAsync(work, workspaceId, workspace.Name, member, caller.UserId, cancellationToken);
        work.Record(AuditActions.MemberAdded, workspaceId, person.Id, after: new { member.Role });
        await work.CommitAsync(now);

        logger.MemberAdded(workspaceId, person.Id, member.Role, caller.UserId);
        return TypedResults.Created($"/api/workspaces/{workspaceId}/members/{person.Id}", member);
    }
}
