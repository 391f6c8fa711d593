using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Invites a person who decides whether to join, with an account or without one (OR-2).</summary>
internal static class InvitePerson
{
    private sealed record Present(Guid UserId);

    private static readonly Query<Present> MemberByEmail = new("workspaces.member_by_email", """
        select m.user_id
        from accounts.person_by_email($2) p
        join workspaces.membership m on m.user_id = p.id
        where m.workspace_id = $1
        """);

    public static async Task<Results<Created<Invitation>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, AddMemberRequest request, Caller caller, Database database, Invitations invitations, VerifiedEmail verified,
        CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is null)
            return Problems.NotFound("workspace", workspaceId);
        if (await verified.RefuseAsync(work, caller.UserId, cancellationToken) is { } unproven)
            return unproven;
        if (await work.QueryFirstAsync(MemberByEmail, [workspaceId, EmailAddress.Key(request.Email!)], cancellationToken) is not null)
        {
            var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, Permissions.ToManage(request.Role!), cancellationToken);
            return problem ?? Problems.Conflict("This person is a member already.");
        }

        var (refusal, invitation) = await invitations.InviteAsync(work, workspaceId, request, caller.UserId, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Created((string?)null, invitation);
    }
}
