using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Who wrote what of an item's text: the newest snapshot of it, and the steps since.</summary>
internal static class GetAuthorship
{
    private static readonly Query<SnapshotRow> Newest = new(
        "content.authorship",
        """
        select v.document, s.document as "from", s.authorship::text as authorship
        from content.visible v
        cross join lateral (select x.document, x.authorship from content.snapshot x where x.item_id = v.id order by x.document desc limit 1) s
        where v.id = $1 and v.viewer_id = $2
        """);

    // What was never changes: the steps up to the version found first are the same later.
    public static async Task<Results<Ok<ContentAuthorship>, ProblemHttpResult>> HandleAsync(
        Guid contentId, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var scope = Scope.Of(caller.UserId);
        if (await database.QueryFirstAsync(scope, Newest, [contentId, caller.UserId], cancellationToken) is not { } newest)
            return Problems.NotFound("content", contentId);
        var steps = await database.QueryAsync(scope, Authorship.Since, [contentId, newest.From, newest.Document], cancellationToken);
        return TypedResults.Ok(new ContentAuthorship(newest.Document, Authorship.Read(newest.Authorship).After(steps).Spans));
    }

    private sealed record SnapshotRow(long Document, long From, string Authorship);
}
