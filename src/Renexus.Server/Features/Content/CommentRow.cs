using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content;

/// <summary>A comment as it is stored: its places are true for a version of the text that may be an old one.</summary>
internal sealed record CommentRow(
    Guid Id, Guid ItemId, Guid WorkspaceId, Guid ThreadId, Guid? AuthorId, long Document, int Begins, int Ends, string Quote, Guid? ResolvedBy,
    DateTimeOffset? ResolvedAt, long Version, DateTimeOffset CreatedAt)
{
    /// <summary>The columns, of a comment called <c>c</c>.</summary>
    public const string Columns = """
        c.id, c.item_id, c.workspace_id, c.thread_id, c.author_id, c.document, c.begins, c.ends, c.quote, c.resolved_by, c.resolved_at, c.version, c.created_at
        """;

    public ContentComment ToComment() => new(
        Id, ItemId, ThreadId, AuthorId, Document, Begins, Ends, Quote, Orphaned: Begins == Ends, ResolvedAt is not null, ResolvedBy, ResolvedAt, Version, CreatedAt);
}

/// <summary>
/// Moves the places of comments along with the text, in the order of the log (docs/spec/content.md, CN9): what is written at an edge of a stretch is not part
/// of it.
/// </summary>
internal static class CommentPlaces
{
    /// <summary>Places that are so far behind are written down anew when somebody looks.</summary>
    private const int WrittenAfter = 200;

    private static readonly Query<StepsRow> Steps = new(
        "content.comment_steps",
        """
        select r.document, r.updates from content.revision r
        where r.item_id = $1 and r.document > $2 and r.document <= $3 and r.updates is not null
        order by r.document
        """);

    private static readonly Command Write = new(
        "content.move_comments",
        """
        update content.comment c set document = $2, begins = w.begins, ends = w.ends, updated_at = c.updated_at
        from unnest($1::uuid[], $3::int[], $4::int[]) as w (id, begins, ends)
        where c.id = w.id and c.document < $2
        """);

    /// <summary>Where comments of an item are at a version of its text.</summary>
    public static async Task<IReadOnlyList<CommentRow>> AtAsync(
        Work work, Guid itemId, long document, IReadOnlyList<CommentRow> comments, CancellationToken cancellationToken)
    {
        var behind = comments.Where(comment => comment.Document < document).ToArray();
        if (behind.Length == 0)
            return comments;
        var oldest = behind.Min(comment => comment.Document);
        var steps = await ReadAsync(work, itemId, oldest, document, cancellationToken);
        var moved = comments.Select(comment => comment.Document >= document ? comment : comment.After(steps, document)).ToArray();
        if (document - oldest >= WrittenAfter)
        {
            var written = moved.Where(comment => comment.Document == document).ToArray();
            await work.ExecuteAsync(
                Write,
                [written.Select(comment => comment.Id).ToArray(), document, written.Select(comment => comment.Begins).ToArray(), written.Select(comment => comment.Ends).ToArray()],
                cancellationToken);
        }
        return moved;
    }

    /// <summary>The steps of a text after one version and up to another, each with the version after it.</summary>
    public static async Task<IReadOnlyList<(long Document, ChangeSet Change)>> ReadAsync(
        Work work, Guid itemId, long after, long until, CancellationToken cancellationToken)
    {
        var steps = new List<(long, ChangeSet)>();
        foreach (var row in await work.QueryAsync(Steps, [itemId, after, until], cancellationToken))
        {
            var changes = ItemText.ReadChanges(row.Updates);
            for (var i = 0; i < changes.Count; i++)
                steps.Add((row.Document - changes.Count + i + 1, changes[i]));
        }
        return steps;
    }

    public static (int Begins, int Ends) Map(int begins, int ends, long document, IEnumerable<(long Document, ChangeSet Change)> steps)
    {
        foreach (var (after, change) in steps)
        {
            if (after <= document)
                continue;
            (begins, ends) = (change.Shape.MapPosition(begins, Side.After), change.Shape.MapPosition(ends, Side.Before));
            if (ends < begins)
                ends = begins;
        }
        return (begins, ends);
    }

    private static CommentRow After(this CommentRow comment, IReadOnlyList<(long Document, ChangeSet Change)> steps, long document)
    {
        var (begins, ends) = Map(comment.Begins, comment.Ends, comment.Document, steps);
        return comment with { Document = document, Begins = begins, Ends = ends };
    }

    private sealed record StepsRow(long Document, string Updates);
}
