using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Search;

/// <summary>
/// Searches a workspace (TH-5). The newest matches are taken in windows of <see cref="Window"/> and ranked within: by how well they match,
/// and what is a month older must match better to stand above. So the work of a page has a bound, however much there is to be found, and no
/// page changes by what is written meanwhile.
/// </summary>
internal static class SearchWorkspace
{
    private const int Window = 200;

    private const string ReadingContent = "GET /api/workspaces/{workspaceId}/content";

    // The rank of a text changes only with the text, and its age against another one's not at all: scores are good for all pages. So an item is as old as its
    // creation, however often it is changed.
    // The workspace as a word narrows the index scan; which messages may be seen says the view.
    private static readonly Query<MatchRow> Matches = new(
        "search.matches",
        """
        with wanted as (
          select ('''in:' || $1::uuid || '''')::tsquery as place, to_tsquery('simple', $3) as words
        )
        select s.id, s.created_at,
               ln(greatest(ts_rank(s.words, (select words from wanted), 1), 1e-10)::float8)
                 + extract(epoch from s.created_at)::float8 / 2592000 as score
        from (
          select * from (
            (select s.id, s.created_at, w.words
             from search.indexed w
             join threads.searchable s on s.id = w.message_id
             where $7 and s.workspace_id = $1 and s.viewer_id = $2
               and w.words @@ ((select place from wanted) && (select words from wanted)) and numnode((select words from wanted)) > 0
               and (s.created_at, s.id) < ($4, $5)
               and (s.content_id is null or exists (select from content.searchable c where c.id = s.content_id and c.viewer_id = $2))
             order by s.created_at desc, s.id desc
             limit $6)
            union all
            (select s.id, s.created_at, w.words
             from search.indexed_content w
             join content.searchable s on s.id = w.content_id
             where $8 and s.workspace_id = $1 and s.viewer_id = $2
               and w.words @@ ((select place from wanted) && (select words from wanted)) and numnode((select words from wanted)) > 0
               and (s.created_at, s.id) < ($4, $5)
             order by s.created_at desc, s.id desc
             limit $6)
          ) u
          order by u.created_at desc, u.id desc
          limit $6) s
        """);

    private static readonly Query<FoundRow> Found = new(
        "search.found",
        """
        select s.id, s.thread_id, s.title, s.author_id, s.body, s.version, s.created_at, s.content_id
        from threads.searchable s
        where s.id = any ($1) and s.viewer_id = $2
        """);

    // Of a text, which may be long, so much as an excerpt can show, from shortly before the first of the words.
    private static readonly Query<FoundItemRow> FoundItems = new(
        "search.found_content",
        """
        select s.id, s.kind, s.title, s.author_id, substr(s.body, f.at, $4) as body, f.at > 1 as is_later, s.version, s.created_at
        from content.searchable s
        cross join lateral (select lower(s.body) as body offset 0) l
        cross join lateral (
          select greatest(coalesce(min(nullif(strpos(l.body, w.word), 0)), 1) - 200, 1) as at from unnest($3::text[]) w (word)) f
        where s.id = any ($1) and s.viewer_id = $2
        """);

    private static readonly Query<bool> IsMember = new(
        "search.is_member", "select true from workspaces.member m where m.workspace_id = $1 and m.user_id = $2 and m.role = any ($3)");

    /// <param name="workspaceId">Where to look.</param>
    /// <param name="q">Words, "phrases", and -what must not occur.</param>
    /// <param name="type">Only <c>message</c> or only <c>content</c>; both when it is left out.</param>
    public static async Task<Results<Ok<Page<SearchHit>>, ProblemHttpResult>> HandleAsync(
        Guid? workspaceId, [StringLength(200)] string? q,
        [AllowedValues(null, SearchHitTypes.Message, SearchHitTypes.Content, ErrorMessage = "It must be message or content, or absent.")] string? type,
        [AsParameters] PageQuery query, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (workspaceId is not { } workspace)
            return Problems.Validation("workspaceId", "Say in which workspace to look.");
        if (SearchTerms.Read(q ?? "") is not { } terms)
            return Problems.Validation("q", "Say what to look for: a word or a \"phrase\".");
        var scope = Scope.Of(caller.UserId);
        if (!await database.QueryFirstAsync(scope, IsMember, [workspace, caller.UserId, Permissions.RolesFor(Permission.SeeThreads)], cancellationToken))
            return Problems.NotFound("workspace", workspace);

        // A key finds what it may read.
        var refusal = KeyScopes.Refusal(caller, ReadingContent);
        if (type is SearchHitTypes.Content && refusal is not null)
            return TypedResults.Problem(refusal);
        var kinds = new Kinds(type is not SearchHitTypes.Content, type is not SearchHitTypes.Message && refusal is null);

        // What is being written in this moment may be on neither page; a search is of what was there when it began.
        var cursor = query.Cursor is { Length: > 0 } text ? SearchCursor.Read(text) : SearchCursor.Before(clock.GetUtcNow(), Guid.AllBitsSet);
        var (page, next) = await PageAsync(database, scope, workspace, caller.UserId, terms, kinds, cursor, query.Take(), cancellationToken);
        var found = await FindAsync(database, scope, page, caller.UserId, workspace, terms, kinds, cancellationToken);
        // Deleted, or out of sight, since a moment ago.
        var hits = page.Where(found.ContainsKey).Select(id => found[id]).ToArray();
        return TypedResults.Ok(new Page<SearchHit>(hits, next));
    }

    private static async Task<(List<Guid> Page, string? Next)> PageAsync(
        Database database, Scope scope, Guid workspace, Guid user, SearchTerms terms, Kinds kinds, SearchCursor cursor, int take, CancellationToken cancellationToken)
    {
        var page = new List<Guid>();
        while (true)
        {
            var window = await database.QueryAsync(scope, Matches, [workspace, user, terms.Query, cursor.At, cursor.Id, Window, kinds.Messages, kinds.Content], cancellationToken);
            var rest = window.Where(match => cursor.IsBefore(match.Score, match.Id)).OrderByDescending(match => match.Score).ThenByDescending(match => match.Id).ToArray();
            var room = take - page.Count;
            page.AddRange(rest.Take(room).Select(match => match.Id));
            if (rest.Length > room)
                return (page, (cursor with { Score = rest[room - 1].Score, Last = rest[room - 1].Id }).ToString());
            if (window.Count < Window)
                return (page, null);
            cursor = SearchCursor.Before(window[^1].CreatedAt, window[^1].Id);
            if (page.Count == take)
                return (page, cursor.ToString());
        }
    }

    private static async Task<Dictionary<Guid, SearchHit>> FindAsync(
        Database database, Scope scope, List<Guid> page, Guid user, Guid workspace, SearchTerms terms, Kinds kinds, CancellationToken cancellationToken)
    {
        var ids = page.ToArray();
        var messages = kinds.Messages ? await database.QueryAsync(scope, Found, [ids, user], cancellationToken) : [];
        var found = messages.ToDictionary(row => row.Id, row => row.ToHit(workspace, terms));
        if (!kinds.Content || found.Count == ids.Length)
            return found;
        var words = terms.Wanted.Select(term => term.Words[0]).ToArray();
        foreach (var row in await database.QueryAsync(scope, FoundItems, [ids, user, words, Excerpt.LookedAt], cancellationToken))
            found[row.Id] = row.ToHit(workspace, terms);
        return found;
    }

    /// <summary>What is looked for.</summary>
    private readonly record struct Kinds(bool Messages, bool Content);

    private sealed record MatchRow(Guid Id, DateTimeOffset CreatedAt, double Score);

    private sealed record FoundRow(Guid Id, Guid ThreadId, string Title, Guid? AuthorId, string Body, long Version, DateTimeOffset CreatedAt, Guid? ContentId)
    {
        public SearchHit ToHit(Guid workspace, SearchTerms terms)
        {
            var (excerpt, highlights) = Excerpt.Of(Body, terms);
            return new SearchHit(SearchHitTypes.Message, Id, workspace, ThreadId, Title, AuthorId, Version, CreatedAt, excerpt, highlights, ContentId);
        }
    }

    /// <param name="Body">A stretch of the text.</param>
    /// <param name="IsLater">Whether it is not its beginning.</param>
    private sealed record FoundItemRow(Guid Id, string Kind, string Title, Guid? AuthorId, string Body, bool IsLater, long Version, DateTimeOffset CreatedAt)
    {
        public SearchHit ToHit(Guid workspace, SearchTerms terms)
        {
            var (excerpt, highlights) = Excerpt.Of(Body, terms, IsLater);
            return new SearchHit(SearchHitTypes.Content, Id, workspace, ThreadId: null, Title, AuthorId, Version, CreatedAt, excerpt, highlights, ContentId: Id, Kind);
        }
    }
}
