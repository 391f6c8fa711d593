using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>The items of a workspace, last changed first; a list, a board and a calendar are this with different filters.</summary>
internal static class ListContent
{
    private const string Filters = """
        where v.workspace_id = $1 and v.viewer_id = $2 and (v.updated_at, v.id) < ($3, $4)
          and ($5::text[] is null or v.status = any ($5)) and ($6::text is null or $6 = any (v.labels)) and ($7::uuid is null or v.assignee_id = $7)
          and ($8::text is null or v.kind = $8) and ($9::text is null or strpos(lower(v.title), lower($9)) > 0)
          and ($10::timestamptz is null or v.planned_at >= $10) and ($11::timestamptz is null or v.planned_at < $11)
        order by v.updated_at desc, v.id desc
        limit $12
        """;

    private static readonly Query<ItemRow> Page = new("content.list", ItemRow.Select + Filters);

    private static readonly Query<ItemRow> TrashPage = new("content.list_trash", ItemRow.SelectTrashed + Filters);

    private static readonly Query<bool> IsMember = new(
        "content.is_member", "select true from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    /// <param name="status">Only with one of these.</param>
    /// <param name="label">Only with this label.</param>
    /// <param name="assignee">Only this person's.</param>
    /// <param name="kind">Only of this kind.</param>
    /// <param name="q">Only with these characters in the title.</param>
    /// <param name="trash">What is in the trash, in place of the rest.</param>
    /// <param name="from">Only planned at or after this time.</param>
    /// <param name="to">Only planned before this time.</param>
    public static async Task<Results<Ok<Page<ContentItem>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [MaxLength(6)] string[]? status, [StringLength(50)] string? label, Guid? assignee, [StringLength(20)] string? kind,
        [StringLength(200)] string? q, bool? trash, DateTimeOffset? from, DateTimeOffset? to, [AsParameters] PageQuery query, Caller caller,
        Database database, CancellationToken cancellationToken)
    {
        var scope = Scope.Of(caller.UserId);
        var (at, id) = query.Before();
        var rows = await database.QueryAsync(
            scope, trash is true ? TrashPage : Page,
            [workspaceId, caller.UserId, at, id, status is { Length: > 0 } ? (Arg)status : Arg.NoTexts, label, assignee, kind, q, from?.ToUniversalTime(), to?.ToUniversalTime(),
             query.Take() + 1],
            cancellationToken);
        // An empty list is the one case in which the caller may be a stranger.
        if (rows.Count == 0 && !await database.QueryFirstAsync(scope, IsMember, [workspaceId, caller.UserId], cancellationToken))
            return Problems.NotFound("workspace", workspaceId);
        return TypedResults.Ok(query.Page(rows, row => (row.UpdatedAt, row.Id), row => row.ToSummary()));
    }
}
