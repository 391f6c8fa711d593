using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary><c>thread:ID</c>: who may listen, what a resync brings, and what can be written on it (PROTOCOL, Write).</summary>
internal sealed class ThreadChannel(Database database, MessageWriter messages, MessageNotices notices, MessageAttachments attachments, RepeatedWrites repeats, TimeProvider clock)
{
    private const int SnapshotMessages = 50;
    private const int TypingSeconds = 6;
    private static readonly TimeSpan MergeTypingWithin = TimeSpan.FromSeconds(2);

    private static readonly Query<string> Role = new(
        "threads.role_of", "select v.role from threads.visible v where v.id = $1 and v.viewer_id = $2");

    private static readonly Query<VisibleChannel> Visible = new(
        "threads.visible_channels", "select id, workspace_id from threads.visible where viewer_id = $1 and content_id is null order by id");

    public ChannelRules Rules => new(Channels.ThreadKind, "thread")
    {
        MayListenAsync = (caller, threadId, cancellationToken) => ListMessages.MayReadAsync(database, threadId, caller.UserId, cancellationToken),
        VisibleAsync = (caller, cancellationToken) => database.QueryAsync(Scope.Of(caller.UserId), Visible, [caller.UserId], cancellationToken),
        SnapshotAsync = async (caller, threadId, cancellationToken) =>
        {
            if (await GetThread.FindAsync(database, threadId, caller.UserId, cancellationToken) is not { } thread)
                return null;
            // Up to the thread's position: what came later follows as changes.
            var newest = await ListMessages.UpToAsync(database, attachments, threadId, caller.UserId, thread.Head, SnapshotMessages, cancellationToken);
            return new ChannelState(thread.Position, Json.Utf8(new { thread = thread.ToInfo(), messages = newest }));
        },
        Ephemeral = [new EphemeralNews(Ops.Typing, MergeTypingWithin) { RefusalAsync = RefuseTypingAsync, Encode = Typing }],
    };

    /// <summary>Messages, reactions and the thread itself on its own channel; a new thread on its workspace's.</summary>
    public IEnumerable<WritableResource> Writables =>
    [
        new(Channels.ThreadKind, "message", WriteMessageAsync),
        new(Channels.ThreadKind, "reaction", repeats.Once(Channels.ThreadKind, WriteReactionAsync)),
        new(Channels.ThreadKind, "thread", repeats.Once(Channels.ThreadKind, WriteThreadAsync)),
        new(Channels.WorkspaceKind, "thread", repeats.Once(Channels.WorkspaceKind, CreateThreadAsync)),
    ];

    /// <summary>Who may write may be seen to.</summary>
    private async Task<CodedProblem?> RefuseTypingAsync(Caller caller, Guid threadId, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(caller.UserId), Role, [threadId, caller.UserId], cancellationToken) switch
        {
            null => new CodedProblem(ProblemCode.NotFound, $"There is no thread {threadId}."),
            var role when !Permissions.Allows(role, Permission.WriteThreads) => new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to write."),
            _ => null,
        };

    private static byte[] Typing(Caller caller, ReadOnlyMemory<byte> payload)
    {
        _ = JsonPieces.Record<TypingPayload>(payload.Span, "payload");
        return Json.Utf8(new TypingPayload(Ops.Typing, caller.UserId, TypingSeconds));
    }

    private ValueTask<Task<Outcome<Written>>> WriteMessageAsync(ChannelWrite write) => write.Op == ChangeOp.Create
        ? messages.PostAsync(
            write.Caller.UserId, write.ChannelId, write.Read<PostMessageRequest>(), write.RequestId, CancellationToken.None)
        : repeats.Once(Channels.ThreadKind, ChangeMessageAsync)(write);

    private Task<Outcome<Written>> ChangeMessageAsync(ChannelWrite write)
    {
        var (user, id) = (write.Caller.UserId, write.RequireResourceId());
        return write.Op == ChangeOp.Update
            ? EditMessage.RunAsync(id, write.ChannelId, write.Read<EditMessageRequest>(), user, write.RequestId, database, notices, attachments, clock, CancellationToken.None)
            : DeleteMessage.RunAsync(id, write.ChannelId, user, write.RequestId, database, notices, clock, CancellationToken.None);
    }

    private async Task<Outcome<Written>> WriteReactionAsync(ChannelWrite write)
    {
        var user = write.Caller.UserId;
        switch (write.Op)
        {
            case ChangeOp.Create:
                var (message, emoji) = ReadReaction(write);
                return await AddReaction.RunAsync(
                    message, write.ChannelId, write.NewResourceId(), emoji, user, write.RequestId, database, clock, CancellationToken.None);
            case ChangeOp.Delete when write.ResourceId is { } id:
                return await RemoveReaction.RunAsync(id, write.ChannelId, user, write.RequestId, database, clock, CancellationToken.None);
            case ChangeOp.Delete:
                (message, emoji) = ReadReaction(write);
                return await RemoveReaction.RunAsync(message, write.ChannelId, emoji, user, write.RequestId, database, clock, CancellationToken.None);
            default:
                return Problems.Invalid("payload.op", "A reaction is created and deleted, never changed.");
        }
    }

    private static (Guid Message, string Emoji) ReadReaction(ChannelWrite write)
    {
        var data = write.Read<ReactionData>();
        return (
            data.MessageId ?? throw new RefusedMessage("payload.data.messageId", "It is required."),
            data.Emoji ?? throw new RefusedMessage("payload.data.emoji", "It is required."));
    }

    private async Task<Outcome<Written>> CreateThreadAsync(ChannelWrite write)
    {
        if (write.Op != ChangeOp.Create)
            return Problems.Invalid("payload.op", "A thread that exists is changed on its own channel.");
        var request = write.Read<CreateThreadRequest>();
        var outcome = await CreateThread.RunAsync(
            write.ChannelId, request with { Id = request.Id ?? write.NewResourceId() }, write.Caller.UserId, write.RequestId, database, clock,
            CancellationToken.None);
        return outcome.Failed(out var problem, out var created)
            ? problem
            : new Written("thread", created.Thread.Id, created.Version, Json.Utf8(created.Thread.ToAnnouncement()));
    }

    private async Task<Outcome<Written>> WriteThreadAsync(ChannelWrite write)
    {
        var outcome = write.Op switch
        {
            ChangeOp.Update => await UpdateThread.RunAsync(
                write.ChannelId, write.Read<PatchThreadRequest>(), write.Base, write.Caller.UserId, write.RequestId, database, clock, CancellationToken.None),
            ChangeOp.Delete => await DeleteThread.RunAsync(
                write.ChannelId, write.Base, write.Caller.UserId, write.RequestId, database, clock, CancellationToken.None),
            _ => Problems.Invalid("payload.op", "A thread is created on its workspace's channel."),
        };
        return outcome.Failed(out var problem, out var thread)
            ? problem
            : new Written("thread", thread.Id, thread.Head, Json.Utf8(thread.ToAnnouncement()));
    }
}
