using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class ListWorkspaces
{
    private static readonly Query<Workspace> Page = new("workspaces.of_user", """
        select w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        from workspaces.membership m
        join workspaces.workspace w on w.id = m.workspace_id
        where m.user_id = $1 and m.workspace_id > $2 and w.deleted_at is null
        order by m.workspace_id
        limit $3
        """);

    /// <param name="query">Which part.</param>
    /// <param name="deleted">True: those that you own, were deleted, and can still be restored.</param>
    public static async Task<Ok<Page<Workspace>>> HandleAsync(
        [AsParameters] PageQuery query, bool? deleted, Caller caller, Database database, DeletedWorkspaces deletedOnes,
        CancellationToken cancellationToken)
    {
        if (deleted is true)
            return TypedResults.Ok(await deletedOnes.ListAsync(caller.UserId, query, cancellationToken));

        var rows = await database.QueryAsync(
            Scope.Of(caller.UserId), Page, [caller.UserId, query.After(), query.Take() + 1], cancellationToken);
        return TypedResults.Ok(query.Page(rows, w => w.Id));
    }
}
