using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Content;

/// <summary>Writes the history: each change of an item adds its revision in its own transaction (CO-4).</summary>
internal static class Revisions
{
    private static readonly Command Insert = new(
        "content.add_revision",
        """
        insert into content.revision (item_id, n, workspace_id, author_id, created_at, document, updates, fields, changed)
        values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
        """);

    /// <param name="item">As it is after the change.</param>
    /// <param name="updates">What was pushed, when the text is what changed.</param>
    /// <param name="fields">The rest after the change, when that is what changed.</param>
    public static Task AddAsync(
        Work work, ItemRow item, Guid? authorId, DateTimeOffset at, string? updates, ContentFields? fields, string[] changed, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            Insert, [item.Id, item.Version, item.WorkspaceId, authorId, at, item.Document, updates, fields?.ToJson(), changed], cancellationToken);
}
