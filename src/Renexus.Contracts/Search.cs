namespace Renexus.Contracts;

/// <summary>Something that was found (TH-5).</summary>
/// <param name="Type">What it is: <c>message</c>.</param>
/// <param name="Id">The message.</param>
/// <param name="WorkspaceId">Where it is.</param>
/// <param name="ThreadId">The thread it stands in.</param>
/// <param name="Title">What the thread is called.</param>
/// <param name="AuthorId">Who wrote it; null when that person's account is gone.</param>
/// <param name="Version">Its place in the thread: where to jump to.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Excerpt">The words around what was found, as plain text.</param>
/// <param name="Highlights">Where in the excerpt the found words stand.</param>
public sealed record SearchHit(
    string Type,
    Guid Id,
    Guid WorkspaceId,
    Guid ThreadId,
    string Title,
    Guid? AuthorId,
    long Version,
    DateTimeOffset CreatedAt,
    string Excerpt,
    IReadOnlyList<Highlight> Highlights);

/// <summary>A stretch of text.</summary>
/// <param name="Start">Where it begins, in UTF-16 units as C# and JavaScript count.</param>
/// <param name="Length">How long it is, in the same units.</param>
public sealed record Highlight(int Start, int Length);
