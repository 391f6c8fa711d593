using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>An item as it was after a revision. What was never changes, so nothing has to be read at one moment.</summary>
internal static class GetRevision
{
    private static readonly Query<RevisionRow> ByNumber = new(
        "content.revision",
        """
        select r.n, r.author_id, r.created_at, r.document, r.changed,
               (select f.fields::text from content.revision f where f.item_id = r.item_id and f.n <= r.n and f.fields is not null order by f.n desc limit 1) as fields
        from content.visible v
        join content.revision r on r.item_id = v.id
        where v.id = $1 and v.viewer_id = $2 and r.n = $3
        """);

    public static async Task<ContentRevisionDetails?> FindAsync(Database database, Guid contentId, long n, Guid userId, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(Scope.Of(userId), ByNumber, [contentId, userId, n], cancellationToken) is not { } row)
            return null;
        var body = await ItemText.AtAsync(database, userId, contentId, row.Document, cancellationToken);
        var item = ContentFields.Read(row.Fields);
        return new ContentRevisionDetails(
            row.N, row.AuthorId, row.CreatedAt, row.Document, row.Changed, item.Kind, item.Status, item.Title, body, item.Labels, item.AssigneeId, item.Media,
            item.Variants, item.PlannedAt);
    }

    public static async Task<Results<Ok<ContentRevisionDetails>, ProblemHttpResult>> HandleAsync(
        Guid contentId, long n, Caller caller, Database database, CancellationToken cancellationToken) =>
        await FindAsync(database, contentId, n, caller.UserId, cancellationToken) is { } revision
            ? TypedResults.Ok(revision)
            : Problems.NotFound("revision");

    private sealed record RevisionRow(long N, Guid? AuthorId, DateTimeOffset CreatedAt, long Document, string[] Changed, string Fields);
}
