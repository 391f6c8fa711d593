namespace Renexus.Contracts;

/// <summary>Something that was found (TH-5).</summary>
/// <param name="Type">What it is: one of <see cref="SearchHitTypes"/>.</param>
/// <param name="Id">The message, or the content item.</param>
/// <param name="WorkspaceId">Where it is.</param>
/// <param name="ThreadId">The thread that a message stands in; null for a content item.</param>
/// <param name="Title">What the thread, or the item, is called.</param>
/// <param name="AuthorId">Who wrote it; null when that person's account is gone.</param>
/// <param name="Version">A message's place in the thread: where to jump to. A content item's version.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Excerpt">The words around what was found, as plain text.</param>
/// <param name="Highlights">Where in the excerpt the found words stand.</param>
/// <param name="ContentId">The content item; of a message in the discussion of a comment, the item that was commented on.</param>
/// <param name="Kind">What kind of content item it is, one of <see cref="ContentKinds"/>; null for a message.</param>
public sealed record SearchHit(
    string Type,
    Guid Id,
    Guid WorkspaceId,
    Guid? ThreadId,
    string Title,
    Guid? AuthorId,
    long Version,
    DateTimeOffset CreatedAt,
    string Excerpt,
    IReadOnlyList<Highlight> Highlights,
    Guid? ContentId = null,
    string? Kind = null);

/// <summary>What can be found.</summary>
public static class SearchHitTypes
{
    /// <summary>A message in a thread.</summary>
    public const string Message = "message";

    /// <summary>A content item, by its title, its labels or its text.</summary>
    public const string Content = "content";
}

/// <summary>A stretch of text.</summary>
/// <param name="Start">Where it begins, in UTF-16 units as C# and JavaScript count.</param>
/// <param name="Length">How long it is, in the same units.</param>
public sealed record Highlight(int Start, int Length);
