using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Who has been invited and has not come yet; also those whose link has run out, which can be sent again.</summary>
internal static class ListInvitations
{
    private static readonly Query<Invitation> Page = new("workspaces.invitations", """
        select i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at
        from workspaces.invitation i
        where i.workspace_id = $1 and i.id > $3 and i.accepted_at is null
          and exists (
            select from workspaces.member c
            where c.workspace_id = $1 and c.user_id = $2 and c.role = any($4))
        order by i.id
        limit $5
        """);

    public static async Task<Results<Ok<Page<Invitation>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var rows = await work.QueryAsync(
            Page,
            [workspaceId, caller.UserId, query.After(), Permissions.RolesFor(Permission.SeeInvitations), query.Take() + 1],
            cancellationToken);

        // An empty page is the one case in which the caller may be a stranger.
        if (rows.Count == 0)
        {
            var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, Permission.SeeInvitations, cancellationToken);
            if (problem is not null)
                return problem;
        }

        return TypedResults.Ok(query.Page(rows, i => i.Id));
    }
}
