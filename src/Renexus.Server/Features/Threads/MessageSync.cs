using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Messages, written and edited offline. A text that was changed elsewhere meanwhile is merged with it over the text that both were made of,
/// which the log still has; what does not fit together is a conflict, and so is an edit of what was deleted and a deletion of what was edited.
/// The version of a message's text is that of its thread's channel.
/// </summary>
internal sealed class MessageSync(Database database, MessageWriter messages, MessageNotices notices, MessageAttachments attachments, TimeProvider clock) : ISyncResource
{
    // From its place on, so that no more of the channel is looked at than there can be of it.
    private static readonly Query<TextRow> TextAt = new(
        "threads.text_at",
        """
        select x.version, x.data from engine.change x
        where x.kind = 3 and x.channel_id = $1 and x.version between $3 and $4 and x.resource = 'message' and x.resource_id = $2
        order by x.version desc
        limit 1
        """);

    private static readonly Query<DeletedRow> WasDeleted = new(
        "threads.message_was_deleted",
        """
        select m.thread_id, h.version from threads.message m
        join threads.visible v on v.id = m.thread_id and v.viewer_id = $2
        join engine.channel h on h.kind = 3 and h.id = m.thread_id
        where m.id = $1 and m.deleted_at is not null
        """);

    public string Name => "message";

    public string? OperationOf(ChangeOp op) => op switch
    {
        ChangeOp.Create => "create message on thread",
        ChangeOp.Update => "update message on thread",
        _ => "delete message on thread",
    };

    public Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken) => write.Op switch
    {
        ChangeOp.Create => CreateAsync(write, cancellationToken),
        ChangeOp.Update => UpdateAsync(write, cancellationToken),
        _ => DeleteAsync(write, cancellationToken),
    };

    private async Task<SyncAnswer> CreateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (thread, rest) = write.TakeParent("threadId");
        var request = rest.Read<PostMessageRequest>();
        var committing = await messages.PostAsync(
            write.Caller.UserId, thread, request with { Id = request.Id ?? write.NewResourceId() }, write.Id, cancellationToken);
        return (await committing).Failed(out var problem, out var written)
            ? SyncAnswer.Refused(problem)
            : SyncAnswer.Done(written.ResourceId, written.Version, JsonElement.Parse(written.Data.Span));
    }

    private async Task<SyncAnswer> UpdateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (id, user, mine) = (write.RequireResourceId(), write.Caller.UserId, write.Read<EditMessageRequest>());
        SyncAnswer? conflict = null;
        var isMerged = false;
        var outcome = await EditMessage.RunAsync(id, threadId: null, mine, user, write.Id, database, notices, attachments, clock, cancellationToken, async (work, message) =>
        {
            if (write.Base is not { } version || string.Equals(message.Body, mine.Body, StringComparison.Ordinal))
                return mine.Body!;
            var @base = await BaseAsync(work, message.ThreadId, id, message.Version, version, cancellationToken);
            var merged = @base is null ? null : ThreeWayMerge.Merge(@base, mine.Body!, message.Body);
            if (merged is null)
            {
                var latest = await work.QueryFirstAsync(TextAt, [message.ThreadId, id, message.Version, long.MaxValue], cancellationToken);
                conflict = SyncAnswer.Conflicting(id, BodyOf(@base), BodyOf(mine.Body), await EditMessage.ReadAsync(work, message, attachments, user, cancellationToken), latest?.Version ?? message.Version);
                return null;
            }
            isMerged = !string.Equals(merged, mine.Body, StringComparison.Ordinal) || !string.Equals(@base, message.Body, StringComparison.Ordinal);
            return merged;
        });
        if (conflict is not null)
            return conflict;
        if (!outcome.Failed(out var problem, out var written))
            return SyncAnswer.Done(id, written.Version, JsonElement.Parse(written.Data.Span), isMerged);
        return problem.Code == ProblemCode.NotFound && await FindDeletedAsync(id, user, cancellationToken) is { } deleted
            ? SyncAnswer.Conflicting(id, BodyOf(await BaseAsync(write, deleted.ThreadId, id, cancellationToken)), BodyOf(mine.Body), theirs: null, deleted.Version)
            : SyncAnswer.Refused(problem);
    }

    private async Task<SyncAnswer> DeleteAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (id, user) = (write.RequireResourceId(), write.Caller.UserId);
        SyncAnswer? conflict = null;
        var outcome = await DeleteMessage.RunAsync(id, threadId: null, user, write.Id, database, notices, clock, cancellationToken, async (work, message) =>
        {
            if (write.Base is not { } version
                || await work.QueryFirstAsync(TextAt, [message.ThreadId, id, message.Version, long.MaxValue], cancellationToken) is not { } latest
                || latest.Version <= version)
                return true;
            var @base = await BaseAsync(work, message.ThreadId, id, message.Version, version, cancellationToken);
            conflict = SyncAnswer.Conflicting(id, BodyOf(@base), mine: null, await EditMessage.ReadAsync(work, message, attachments, user, cancellationToken), latest.Version);
            return false;
        });
        if (conflict is not null)
            return conflict;
        if (!outcome.Failed(out var problem, out var written))
            return SyncAnswer.Done(id, written.Version, JsonElement.Parse(written.Data.Span));
        // Somebody else did what was to be done.
        return problem.Code == ProblemCode.NotFound && await FindDeletedAsync(id, user, cancellationToken) is { } deleted
            ? SyncAnswer.Done(id, deleted.Version, new { id, threadId = deleted.ThreadId }, isMerged: true)
            : SyncAnswer.Refused(problem);
    }

    private static object? BodyOf(string? body) => body is null ? null : new { body };

    /// <summary>The text at a version; null when the log tells it no more.</summary>
    private static async Task<string?> BaseAsync(Work work, Guid threadId, Guid id, long place, long version, CancellationToken cancellationToken) =>
        TextOf(await work.QueryFirstAsync(TextAt, [threadId, id, place, version], cancellationToken));

    private async Task<string?> BaseAsync(SyncWrite write, Guid threadId, Guid id, CancellationToken cancellationToken) => write.Base is not { } version
        ? null
        : TextOf(await database.QueryFirstAsync(Scope.Of(write.Caller.UserId), TextAt, [threadId, id, 0L, version], cancellationToken));

    private static string? TextOf(TextRow? row) =>
        row is not null && JsonElement.Parse(row.Data).TryGetProperty("body", out var body) ? body.GetString() : null;

    private Task<DeletedRow?> FindDeletedAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), WasDeleted, [id, userId], cancellationToken);

    private sealed record TextRow(long Version, string Data);

    private sealed record DeletedRow(Guid ThreadId, long Version);
}
