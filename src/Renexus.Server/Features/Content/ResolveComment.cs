using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>Says that a comment is done, or that it is not.</summary>
internal static class ResolveComment
{
    private static readonly Command Resolve = new(
        "content.resolve_comment", "update content.comment set resolved_by = $2, resolved_at = $3, version = version + 1, updated_at = $4 where id = $1");

    public static async Task<IResult> HandleAsync(
        Guid commentId, PatchCommentRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (now, userId, isResolved) = (clock.GetUtcNow(), caller.UserId, request.Resolved!.Value);
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await HeldComment.FindAsync(work, commentId, userId, cancellationToken) is not { } held)
            return Problems.NotFound("comment", commentId);
        if (!Permissions.Allows(held.Role, Permission.WriteContent))
            return Problems.Forbidden("Viewers read; ask an admin for the role of an editor to comment.");
        var comment = held.Comment;
        if (ifMatch.Version is { } version && version != comment.Version)
            return Problems.VersionConflict(comment.ToComment());
        if (comment.ResolvedAt is not null != isResolved)
        {
            comment = comment with { ResolvedBy = isResolved ? userId : null, ResolvedAt = isResolved ? now : null, Version = comment.Version + 1 };
            await work.ExecuteAsync(Resolve, [commentId, comment.ResolvedBy, comment.ResolvedAt, now], cancellationToken);
            work.AnnounceComment(comment, ChangeOp.Update, userId);
            work.Record(AuditActions.CommentResolved, comment.WorkspaceId, commentId, new { resolved = !isResolved }, new { resolved = isResolved });
        }
        await work.CommitAsync(now);
        response.SetVersion(comment.Version);
        return TypedResults.Ok(comment.ToComment());
    }
}
