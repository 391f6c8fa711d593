using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>An item's history, newest first: change by change, or sitting by sitting.</summary>
internal static class ListRevisions
{
    /// <summary>How far a page of sittings looks back: one that is longer is told in two parts.</summary>
    private const int MostOfSittings = 20_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private static readonly Query<RevisionRow> Page = new(
        "content.revisions",
        """
        select r.n, r.n as "from", r.author_id, r.created_at, r.document, r.changed
        from content.visible v
        join content.revision r on r.item_id = v.id
        where v.id = $1 and v.viewer_id = $2 and r.n < $3
        order by r.n desc
        limit $4
        """);

    // A sitting ends where somebody else begins, or the same person after a pause.
    private static readonly Query<RevisionRow> Sittings = new(
        "content.sittings",
        """
        with recent as (
          select r.n, r.author_id, r.created_at, r.document, r.changed
          from content.visible v
          join content.revision r on r.item_id = v.id
          where v.id = $1 and v.viewer_id = $2 and r.n < $3
          order by r.n desc
          limit $5
        ), marked as (
          select *, case when lag(author_id) over w is not distinct from author_id and lag(created_at) over w - created_at <= $6 then 0 else 1 end as begins
          from recent window w as (order by n desc)
        ), numbered as (
          select *, sum(begins) over (order by n desc) as sitting from marked
        )
        select max(s.n) as n, min(s.n) as "from", (array_agg(s.author_id))[1] as author_id, max(s.created_at) as created_at, max(s.document) as document,
               array_agg(distinct c.name order by c.name) as changed
        from numbered s cross join unnest(s.changed) c (name)
        group by s.sitting
        order by n desc
        limit $4
        """);

    private static readonly Query<bool> IsVisible = new(
        "content.is_visible", "select true from content.visible v where v.id = $1 and v.viewer_id = $2");

    /// <param name="by"><c>sitting</c>: what one person changed without a pause of ten minutes is one step.</param>
    public static async Task<Results<Ok<Page<ContentRevision>>, ProblemHttpResult>> HandleAsync(
        Guid contentId, [AllowedValues(null, "sitting", ErrorMessage = "It must be sitting, or absent.")] string? by, [AsParameters] PageQuery query, Caller caller,
        Database database, CancellationToken cancellationToken)
    {
        var scope = Scope.Of(caller.UserId);
        var (before, take) = (query.BeforeNumber(), query.Take() + 1);
        var rows = by is null
            ? await database.QueryAsync(scope, Page, [contentId, caller.UserId, before, take], cancellationToken)
            : await database.QueryAsync(scope, Sittings, [contentId, caller.UserId, before, take, MostOfSittings, Pause], cancellationToken);
        if (rows.Count == 0 && !await MayReadAsync(database, contentId, caller.UserId, cancellationToken))
            return Problems.NotFound("content", contentId);
        return TypedResults.Ok(query.Page(rows, row => row.From, row => row.ToRevision(isSitting: by is not null)));
    }

    public static Task<bool> MayReadAsync(Database database, Guid contentId, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), IsVisible, [contentId, userId], cancellationToken);

    private sealed record RevisionRow(long N, long From, Guid? AuthorId, DateTimeOffset CreatedAt, long Document, string[] Changed)
    {
        public ContentRevision ToRevision(bool isSitting) => new(N, isSitting ? From : null, AuthorId, CreatedAt, Document, Changed);
    }
}
