using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

internal static class ListThreads
{
    /// <summary>As many as an address can hold.</summary>
    private const int MostIds = 50;

    private static readonly Query<ThreadRow> Page = new(
        "threads.list",
        ThreadRow.Select + """
        where v.workspace_id = $1 and v.viewer_id = $2 and v.content_id is null and v.id > $3 and ($4::boolean is null or v.is_archived = $4)
          and ($6::uuid[] is null or v.id = any ($6))
        order by v.id
        limit $5
        """);

    private static readonly Query<bool> IsMember = new(
        "threads.is_member", "select true from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    /// <param name="archived">Only those that are, or only those that are not.</param>
    /// <param name="ids">Only these, 50 at most: what a client asks when it heard that they moved.</param>
    public static async Task<Results<Ok<Page<ThreadInfo>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, bool? archived, [MaxLength(MostIds)] Guid[]? ids, [AsParameters] PageQuery query, Caller caller, Database database,
        CancellationToken cancellationToken)
    {
        var scope = Scope.Of(caller.UserId);
        var rows = await database.QueryAsync(
            scope, Page, [workspaceId, caller.UserId, query.After(), archived, query.Take() + 1, ids is { Length: > 0 } ? ids : null], cancellationToken);
        // An empty list is the one case in which the caller may be a stranger.
        if (rows.Count == 0 && !await database.QueryFirstAsync(scope, IsMember, [workspaceId, caller.UserId], cancellationToken))
            return Problems.NotFound("workspace", workspaceId);
        return TypedResults.Ok(query.Page([.. rows.Select(row => row.ToInfo())], thread => thread.Id));
    }
}
