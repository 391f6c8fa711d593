using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

internal static class ListThreads
{
    private static readonly Query<ThreadRow> Page = new(
        "threads.list",
        ThreadRow.Select + """
        where v.workspace_id = $1 and v.viewer_id = $2 and v.id > $3 and ($4::boolean is null or v.is_archived = $4)
        order by v.id
        limit $5
        """);

    private static readonly Query<bool> IsMember = new(
        "threads.is_member", "select true from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    public static async Task<Results<Ok<Page<ThreadInfo>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, bool? archived, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var scope = Scope.Of(caller.UserId);
        var rows = await database.QueryAsync(
            scope, Page, [workspaceId, caller.UserId, query.After(), archived, query.Take() + 1], cancellationToken);
        // An empty list is the one case in which the caller may be a stranger.
        if (rows.Count == 0 && !await database.QueryFirstAsync(scope, IsMember, [workspaceId, caller.UserId], cancellationToken))
            return Problems.NotFound("workspace", workspaceId);
        return TypedResults.Ok(query.Page([.. rows.Select(row => row.ToInfo())], thread => thread.Id));
    }
}
