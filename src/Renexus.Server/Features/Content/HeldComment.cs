using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Content;

/// <summary>A comment that a transaction holds, where it is now, and the role of who asks.</summary>
internal static class HeldComment
{
    private static readonly Query<HeldRow> Hold = new(
        "content.hold_comment",
        $"""
        select {CommentRow.Columns}, v.role, v.document as head
        from content.comment c
        join content.visible v on v.id = c.item_id and v.viewer_id = $2
        where c.id = $1
        for no key update of c
        """);

    public static async Task<(CommentRow Comment, string Role)?> FindAsync(Work work, Guid commentId, Guid userId, CancellationToken cancellationToken)
    {
        if (await work.QueryFirstAsync(Hold, [commentId, userId], cancellationToken) is not { } row)
            return null;
        return ((await CommentPlaces.AtAsync(work, row.ItemId, row.Head, [row.ToRow()], cancellationToken))[0], row.Role);
    }

    private sealed record HeldRow(
        Guid Id, Guid ItemId, Guid WorkspaceId, Guid ThreadId, Guid? AuthorId, long Document, int Begins, int Ends, string Quote, Guid? ResolvedBy,
        DateTimeOffset? ResolvedAt, long Version, DateTimeOffset CreatedAt, string Role, long Head)
    {
        public CommentRow ToRow() => new(
            Id, ItemId, WorkspaceId, ThreadId, AuthorId, Document, Begins, Ends, Quote, ResolvedBy, ResolvedAt, Version, CreatedAt);
    }
}
