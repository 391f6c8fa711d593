using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>The comments on an item, oldest first, where they are now.</summary>
internal static class ListComments
{
    private static readonly Query<CommentRow> Page = new(
        "content.comments",
        $"""
        select {CommentRow.Columns}
        from content.visible v
        join content.comment c on c.item_id = v.id
        where v.id = $1 and v.viewer_id = $2 and c.id > $3
        order by c.id
        limit $4
        """);

    private static readonly Query<long> DocumentOf = new(
        "content.document_of", "select v.document from content.visible v where v.id = $1 and v.viewer_id = $2");

    public static async Task<Results<Ok<Page<ContentComment>>, ProblemHttpResult>> HandleAsync(
        Guid contentId, [AsParameters] PageQuery query, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await ReadAsync(work, contentId, caller.UserId, query.After(), query.Take() + 1, cancellationToken) is not { } comments)
            return Problems.NotFound("content", contentId);
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.Ok(query.Page([.. comments.Select(comment => comment.ToComment())], comment => comment.Id));
    }

    /// <summary>Null when there is no such item for this person.</summary>
    public static async Task<IReadOnlyList<CommentRow>?> ReadAsync(
        Work work, Guid contentId, Guid userId, Guid after, int limit, CancellationToken cancellationToken)
    {
        if (await work.QueryAsync(DocumentOf, [contentId, userId], cancellationToken) is not [var document])
            return null;
        var comments = await work.QueryAsync(Page, [contentId, userId, after, limit], cancellationToken);
        return await CommentPlaces.AtAsync(work, contentId, document, comments, cancellationToken);
    }
}
