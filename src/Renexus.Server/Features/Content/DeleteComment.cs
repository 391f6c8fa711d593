using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Threads;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>Takes a comment away with its thread: by whoever made it, or by an admin.</summary>
internal static class DeleteComment
{
    private static readonly Command Delete = new("content.delete_comment", "delete from content.comment where id = $1");

    public static async Task<IResult> HandleAsync(
        Guid commentId, IfMatch ifMatch, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (now, userId) = (clock.GetUtcNow(), caller.UserId);
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await HeldComment.FindAsync(work, commentId, userId, cancellationToken) is not { } held)
            return Problems.NotFound("comment", commentId);
        var comment = held.Comment;
        if (!Permissions.Allows(held.Role, Permission.ModerateThreads) && (comment.AuthorId != userId || !Permissions.Allows(held.Role, Permission.WriteContent)))
            return Problems.Forbidden("Whoever made the comment, or an admin, may delete it.");
        if (ifMatch.Version is { } version && version != comment.Version)
            return Problems.VersionConflict(comment.ToComment());
        await work.ExecuteAsync(Delete, [commentId], cancellationToken);
        await AttachedThreads.CloseAsync(work, comment.WorkspaceId, comment.ThreadId, userId, now, cancellationToken);
        await ContentNotices.WithdrawCommentAsync(work, commentId, cancellationToken);
        work.AnnounceComment(comment, ChangeOp.Delete, userId);
        work.Record(AuditActions.CommentDeleted, comment.WorkspaceId, commentId, before: new { contentId = comment.ItemId, comment.Quote });
        await work.CommitAsync(now);
        return TypedResults.NoContent();
    }
}
