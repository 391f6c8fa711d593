using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>Replaces the text of one's own message. Its version is its place and stays.</summary>
internal static class EditMessage
{
    private static readonly Query<EditableRow> Find = new(
        "threads.find_message",
        $"""
        select {MessageRow.Stored}, v.workspace_id, v.role, v.is_archived, v.is_private
        from threads.message m
        join threads.visible v on v.id = m.thread_id and v.viewer_id = $2
        where m.id = $1 and m.deleted_at is null
        for update of m
        """);

    // After the row is held: a reaction that waited for it, or that it waited for, is either in here or announced after this.
    private static readonly Query<PartsRow> Parts = new(
        "threads.parts_of", $"select {MessageRow.ReactionsOf} as reactions, {MessageAttachments.Of} as attachments from threads.message m where m.id = $1");

    private static readonly Command Update = new(
        "threads.edit_message", "update threads.message set body = $2, edited_at = $3 where id = $1");

    /// <param name="merge">Brings the text together with what it has become meanwhile; null leaves it as it is.</param>
    public static async Task<Outcome<Written>> RunAsync(
        Guid messageId, Guid? threadId, EditMessageRequest request, Guid userId, string? cause, Database database, MessageNotices notices,
        MessageAttachments attachments, TimeProvider clock, CancellationToken cancellationToken, Func<Work, EditableRow, Task<string?>>? merge = null)
    {
        if (string.IsNullOrWhiteSpace(request.Body))
            return Problems.Invalid("body", "Write something, or delete the message.");
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var message = await work.QueryFirstAsync(Find, [messageId, userId], cancellationToken);
        if (message is null || (threadId is { } thread && thread != message.ThreadId))
            return new CodedProblem(ProblemCode.NotFound, $"There is no message {messageId}.");
        if (message.AuthorId != userId || !Permissions.Allows(message.Role, Permission.WriteThreads))
            return new CodedProblem(ProblemCode.Forbidden, "Only its author edits a message.");
        if (message.IsArchived)
            return new CodedProblem(ProblemCode.Conflict, "The thread is archived; bring it back to edit in it.");

        if (merge is not null)
        {
            if (await merge(work, message) is not { } merged)
                return new CodedProblem(ProblemCode.Conflict, "The text was changed meanwhile.");
            request = request with { Body = merged };
        }
        if (MessageMentions.In(request.Body!, userId).Failed(out var tooMany, out var mentions))
            return tooMany;

        await work.ExecuteAsync(Update, [messageId, request.Body, now], cancellationToken);
        var data = Json.Utf8(await ReadAsync(work, message, attachments, userId, cancellationToken) with { Body = request.Body!, EditedAt = now });
        work.Announce(new NewChange(
            Channels.Thread(message.ThreadId), message.WorkspaceId, ChangeOp.Update, "message", messageId, data, userId, cause));
        await MessageMentions.ReplaceAsync(work, message, mentions, userId, now, notices, cancellationToken);
        work.RecordMessage(AuditActions.MessageEdited, message, request.Body);
        var placed = await work.CommitAsync(now);
        return new Written("message", messageId, placed[0].Version, data);
    }

    public static async Task<IResult> HandleAsync(
        Guid messageId, EditMessageRequest request, Caller caller, Database database, MessageNotices notices, MessageAttachments attachments, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(messageId, null, request, caller.UserId, cause: null, database, notices, attachments, clock, cancellationToken);
        return outcome.Failed(out var problem, out var written)
            ? TypedResults.Problem(problem)
            : TypedResults.Bytes(written.Data, "application/json; charset=utf-8");
    }

    /// <summary>A message with what decides who may touch it; its row is held until the transaction ends.</summary>
    internal sealed record EditableRow(
        Guid Id, Guid ThreadId, Guid? AuthorId, string Body, Guid? ReplyTo, long Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt,
        Guid WorkspaceId, string Role, bool IsArchived, bool IsPrivate)
    {
        public MessageRow With(PartsRow? parts) => new(Id, ThreadId, AuthorId, Body, ReplyTo, Version, CreatedAt, EditedAt, parts?.Reactions, parts?.Attachments);
    }

    /// <summary>What hangs on a message.</summary>
    internal sealed record PartsRow(string? Reactions, string? Attachments);

    /// <summary>The message as it stands, reactions and all.</summary>
    internal static async Task<Message> ReadAsync(Work work, EditableRow message, MessageAttachments attachments, Guid userId, CancellationToken cancellationToken) =>
        message.With(await work.QueryFirstAsync(Parts, [message.Id], cancellationToken)).ToMessage(attachments, userId);

    internal static Task<EditableRow?> FindAsync(Work work, Guid messageId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(Find, [messageId, userId], cancellationToken);
}
