using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>Takes a message away: one's own, or as an admin anybody's. Its text, its mentions and its reactions go, and its attachments from it; its id stays taken.</summary>
internal static class DeleteMessage
{
    private static readonly Command Delete = new(
        "threads.delete_message", "update threads.message set body = '', attachments = null, deleted_at = $2 where id = $1");

    private static readonly Command DeleteReactions = new("threads.delete_reactions", "delete from threads.reaction where message_id = $1");

    /// <param name="mayGo">Whether it is still what was to be deleted.</param>
    public static async Task<Outcome<Written>> RunAsync(
        Guid messageId, Guid? threadId, Guid userId, string? cause, Database database, MessageNotices notices, TimeProvider clock,
        CancellationToken cancellationToken, Func<Work, EditMessage.EditableRow, Task<bool>>? mayGo = null)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var message = await EditMessage.FindAsync(work, messageId, userId, cancellationToken);
        if (message is null || (threadId is { } thread && thread != message.ThreadId))
            return new CodedProblem(ProblemCode.NotFound, $"There is no message {messageId}.");
        var isOwn = message.AuthorId == userId && Permissions.Allows(message.Role, Permission.WriteThreads);
        if (!isOwn && !Permissions.Allows(message.Role, Permission.ModerateThreads))
            return new CodedProblem(ProblemCode.Forbidden, "Its author, or an admin, deletes a message.");

        if (mayGo is not null && !await mayGo(work, message))
            return new CodedProblem(ProblemCode.Conflict, "The text was changed meanwhile.");

        await work.ExecuteAsync(Delete, [messageId, now], cancellationToken);
        await work.ExecuteAsync(DeleteReactions, [messageId], cancellationToken);
        var data = Json.Utf8(new { id = messageId, threadId = message.ThreadId, version = message.Version });
        work.Announce(new NewChange(
            Channels.Thread(message.ThreadId), message.WorkspaceId, ChangeOp.Delete, "message", messageId, data, userId, cause));
        await MessageMentions.ReplaceAsync(work, message, [], userId, now, notices, cancellationToken);
        await MessageNotices.WithdrawAsync(work, messageId, cancellationToken);
        work.RecordMessage(AuditActions.MessageDeleted, message, after: null);
        var placed = await work.CommitAsync(now);
        return new Written("message", messageId, placed[0].Version, data);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid messageId, Caller caller, Database database, MessageNotices notices, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(messageId, null, caller.UserId, cause: null, database, notices, clock, cancellationToken);
        return outcome.Failed(out var problem, out _) ? TypedResults.Problem(problem) : TypedResults.NoContent();
    }
}
