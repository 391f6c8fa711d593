using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class ListMembers
{
    private static readonly Query<Member> Page = new("workspaces.members", """
        select m.user_id, m.name, m.email, m.role, m.version, m.created_at
        from workspaces.member m
        where m.workspace_id = $1 and m.user_id > $3
          and exists (
            select from workspaces.membership c
            where c.workspace_id = $1 and c.user_id = $2 and c.role = any($4))
        order by m.user_id
        limit $5
        """);

    public static async Task<Results<Ok<Page<Member>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            Scope.Of(caller.UserId),
            Page,
            [workspaceId, caller.UserId, query.After(), Permissions.RolesFor(Permission.SeeMembers), query.Take() + 1],
            cancellationToken);

        // Whoever may see the members is one of them: only a page after the last can be empty.
        if (rows.Count == 0 && await database.QueryFirstAsync(
                Scope.Of(caller.UserId), GetWorkspace.ForMember, [workspaceId, caller.UserId], cancellationToken) is null)
            return Problems.NotFound("workspace", workspaceId);

        return TypedResults.Ok(query.Page(rows, m => m.UserId));
    }
}
