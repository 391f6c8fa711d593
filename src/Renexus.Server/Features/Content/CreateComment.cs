using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Features.Threads;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>Comments on a stretch of the text: the comment and its thread, with the first message in it, are there together or not at all.</summary>
internal static class CreateComment
{
    private const int LongestQuote = 500;

    /// <summary>Whoever is further behind loads the text again.</summary>
    private const int MostSteps = 10_000;

    private static readonly Command Insert = new(
        "content.create_comment",
        """
        insert into content.comment (id, item_id, workspace_id, thread_id, author_id, document, begins, ends, quote, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        """);

    private static readonly Query<CommentRow> Known = new(
        "content.known_comment", $"select {CommentRow.Columns} from content.comment c where c.id = $1 and c.item_id = $2 and c.author_id = $3");

    public static async Task<IResult> HandleAsync(
        Guid contentId, CreateCommentRequest request, Caller caller, HttpResponse response, Database database, AttachedThreads threads, ContentNotices notices, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (now, userId) = (clock.GetUtcNow(), caller.UserId);
        if (request.To <= request.From)
            return Problems.Validation("to", "A comment is about something: it ends after it begins.");
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await UpdateContent.FindLockedAsync(work, contentId, userId, cancellationToken)).Failed(out var problem, out var item))
            return TypedResults.Problem(problem);
        var id = request.Id ?? Guid.CreateVersion7(now);
        if (await work.QueryFirstAsync(Known, [id, contentId, userId], cancellationToken) is { } known)
            return Answer(response, (await CommentPlaces.AtAsync(work, contentId, item.Document, [known], cancellationToken))[0]);

        if ((await PlaceAsync(work, item, request, cancellationToken)).Failed(out problem, out var place))
            return TypedResults.Problem(problem);
        if ((await threads.OpenAsync(work, item.WorkspaceId, contentId, item.Title, request.Body!, userId, now, cancellationToken)).Failed(out problem, out var thread))
            return TypedResults.Problem(problem);
        var comment = new CommentRow(
            id, contentId, item.WorkspaceId, thread, userId, item.Document, place.Begins, place.Ends, place.Quote, null, null, Version: 1, now);
        try
        {
            await work.ExecuteAsync(
                Insert, [id, contentId, item.WorkspaceId, thread, userId, item.Document, place.Begins, place.Ends, place.Quote, now], cancellationToken);
        }
        catch (Npgsql.PostgresException e) when (e.ConstraintName is "comment_pkey")
        {
            return Problems.Conflict($"The id {id} belongs to something else; make a new one.");
        }
        work.AnnounceComment(comment, ChangeOp.Create, userId);
        work.Record(AuditActions.CommentCreated, item.WorkspaceId, id, after: new { contentId, comment.Quote });
        await notices.TellOfCommentAsync(work, item, comment, request.Body!, cancellationToken);
        await work.CommitAsync(now);
        return Answer(response, comment);
    }

    /// <summary>Where the stretch is now, and what stands there.</summary>
    private static async Task<Outcome<Place>> PlaceAsync(Work work, ItemRow item, CreateCommentRequest request, CancellationToken cancellationToken)
    {
        var (document, from, to) = (request.Document!.Value, request.From!.Value, request.To!.Value);
        if (document > item.Document || item.Document - document > MostSteps)
            return new CodedProblem(ProblemCode.Resync, $"The text is at version {item.Document}, which cannot be reached from {document}; load it again.");
        var text = await ItemText.HeadAsync(work, item.Id, cancellationToken);
        var steps = await CommentPlaces.ReadAsync(work, item.Id, document, item.Document, cancellationToken);
        var length = steps.Count == 0 ? text.Length : steps[0].Change.Length;
        if (to > length)
            return Problems.Invalid("to", $"The text has {length} characters (UTF-16 units) at version {document}.");
        var (begins, ends) = CommentPlaces.Map(from, to, document, steps);
        if (begins == ends)
            return new CodedProblem(ProblemCode.Conflict, "What the comment is about has just been deleted.");
        return new Place(begins, ends, Texts.Cut(text[begins..ends], LongestQuote));
    }

    private static Created<ContentComment> Answer(HttpResponse response, CommentRow comment)
    {
        response.SetVersion(comment.Version);
        return TypedResults.Created($"/api/comments/{comment.Id}", comment.ToComment());
    }

    private sealed record Place(int Begins, int Ends, string Quote);
}
