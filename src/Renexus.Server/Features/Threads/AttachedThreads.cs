using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Threads that hang on a place in a content item. They are opened with their first message, in the transaction of whoever opens them, and are like any other, but
/// for being in no list.
/// </summary>
internal sealed class AttachedThreads(MessageNotices notices)
{
    private const int LongestTitle = 200;

    private static readonly Command Insert = new(
        "threads.attach",
        """
        insert into threads.thread (id, workspace_id, content_id, title, is_private, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, false, $5, $6, $6)
        """);

    // The first on a channel of its own: its place is 1.
    private static readonly Command InsertMessage = new(
        "threads.attach_message",
        "insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at) values ($1, $2, $3, 1, $4, $5, $6)");

    private static readonly Command Delete = new(
        "threads.detach", "update threads.thread t set deleted_at = $2, version = t.version + 1, updated_at = $2 where t.id = $1 and t.content_id is not null");

    private static readonly Command Remove = new("threads.remove_attached", "select threads.remove_attached($1)");

    /// <summary>Opens one; whoever asks may write in the workspace.</summary>
    public async Task<Outcome<Guid>> OpenAsync(
        Work work, Guid workspaceId, Guid contentId, string title, string body, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body))
            return Problems.Invalid("body", "Write something; it is empty.");
        if (MessageMentions.In(body, userId).Failed(out var tooMany, out var mentions))
            return tooMany;
        var message = new Message(Guid.CreateVersion7(now), Guid.CreateVersion7(now), userId, body, ReplyTo: null, [], [], Version: 1, now, EditedAt: null);
        await work.ExecuteAsync(Insert, [message.ThreadId, workspaceId, contentId, Texts.Cut(title, LongestTitle), userId, now], cancellationToken);
        await work.ExecuteAsync(InsertMessage, [message.Id, message.ThreadId, workspaceId, userId, body, now], cancellationToken);
        work.Announce(new NewChange(
            Channels.Thread(message.ThreadId), workspaceId, ChangeOp.Create, "message", message.Id, Json.Utf8(message), userId, Cause: null));
        if (mentions.Count > 0)
        {
            var row = new EditMessage.EditableRow(
                message.Id, message.ThreadId, userId, body, null, message.Version, now, null, workspaceId, Roles.Editor, IsArchived: false, IsPrivate: false);
            await MessageMentions.ReplaceAsync(work, row, mentions, userId, now, notices, cancellationToken);
        }
        return message.ThreadId;
    }

    /// <summary>Removes all of an item's for good, with what was said in them: it is removed itself.</summary>
    public static Task RemoveAsync(Work work, Guid contentId, CancellationToken cancellationToken) => work.ExecuteAsync(Remove, [contentId], cancellationToken);

    /// <summary>Takes one out of everybody's sight.</summary>
    public static async Task CloseAsync(Work work, Guid workspaceId, Guid threadId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(Delete, [threadId, now], cancellationToken);
        await MessageNotices.WithdrawThreadAsync(work, threadId, cancellationToken);
        work.Announce(new NewChange(
            Channels.Thread(threadId), workspaceId, ChangeOp.Delete, "thread", threadId, Json.Utf8(new { id = threadId, workspaceId }), userId, Cause: null));
    }
}
