using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Content;

/// <summary><c>content:ID</c>: who may listen, what a resync brings, and what can be written on it (PROTOCOL, Write).</summary>
internal sealed class ContentChannel(
    Database database, RepeatedWrites repeats, DocumentWriter documents, WholeTexts texts, ContentNotices notices, RenexusOptions options, TimeProvider clock)
{
    private const int MostComments = 1_000;
    private static readonly TimeSpan MergeCursorsWithin = TimeSpan.FromMilliseconds(50);

    private static readonly Query<string> Role = new(
        "content.role_of", "select v.role from content.visible v where v.id = $1 and v.viewer_id = $2");

    private static readonly Query<VisibleChannel> Visible = new(
        "content.visible_channels", "select id, workspace_id from content.visible where viewer_id = $1 order by id");

    public ChannelRules Rules => new(Channels.ContentKind, ChannelNames.ContentKind)
    {
        MayListenAsync = (caller, contentId, cancellationToken) => ListRevisions.MayReadAsync(database, contentId, caller.UserId, cancellationToken),
        VisibleAsync = (caller, cancellationToken) => database.QueryAsync(Scope.Of(caller.UserId), Visible, [caller.UserId], cancellationToken),
        SnapshotAsync = SnapshotAsync,
        Push = documents.PushAsync,
        Ephemeral = [new EphemeralNews(Ops.Cursor, MergeCursorsWithin) { RefusalAsync = RefuseCursorAsync, Encode = Cursor }],
    };

    /// <summary>The item on its own channel; a new one on its workspace's.</summary>
    public IEnumerable<WritableResource> Writables =>
    [
        new(Channels.ContentKind, "content", repeats.Once(Channels.ContentKind, WriteAsync)),
        new(Channels.WorkspaceKind, "content", repeats.Once(Channels.WorkspaceKind, CreateAsync)),
    ];

    // A comment that is made between the two readings is in the state and follows as a change: it is the same one.
    private async Task<ChannelState?> SnapshotAsync(Caller caller, Guid contentId, CancellationToken cancellationToken)
    {
        if (await GetContent.FindAsync(database, contentId, caller.UserId, cancellationToken) is not var (item, body))
            return null;
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var comments = await ListComments.ReadAsync(work, contentId, caller.UserId, Guid.Empty, MostComments, cancellationToken) ?? [];
        await work.CommitAsync(clock.GetUtcNow());
        return new ChannelState(item.Position, Json.Utf8(new { item = item.ToItem(body), comments = comments.Select(comment => comment.ToComment()) }));
    }

    /// <summary>Who may write may be seen to.</summary>
    private async Task<CodedProblem?> RefuseCursorAsync(Caller caller, Guid contentId, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(caller.UserId), Role, [contentId, caller.UserId], cancellationToken) switch
        {
            null => ContentRules.Missing(contentId),
            var role when !Permissions.Allows(role, Permission.WriteContent) => ContentRules.MayNotWrite,
            _ => null,
        };

    private static byte[] Cursor(Caller caller, ReadOnlyMemory<byte> payload)
    {
        var cursor = JsonPieces.Record<CursorPayload>(payload.Span, "payload")!;
        if (cursor is not { At: >= 0, Anchor: >= 0, Head: >= 0 })
            throw new RefusedMessage("payload.at", "A cursor says at which version of the document it stands (at), from where (anchor) to where (head).");
        return Json.Utf8(cursor with { UserId = caller.UserId });
    }

    private async Task<Outcome<Written>> CreateAsync(ChannelWrite write)
    {
        if (write.Op != ChangeOp.Create)
            return Problems.Invalid("payload.op", "An item that exists is changed on its own channel.");
        var request = write.Read<CreateContentRequest>();
        var outcome = await CreateContent.RunAsync(
            write.ChannelId, request with { Id = request.Id ?? write.NewResourceId() }, write.Caller.UserId, write.RequestId, database, notices, options, clock,
            CancellationToken.None);
        return outcome.Failed(out var problem, out var created)
            ? problem
            : new Written("content", created.Item.Id, created.Version, Json.Utf8(created.Item.ToSummary()));
    }

    private async Task<Outcome<Written>> WriteAsync(ChannelWrite write)
    {
        CodedProblem? problem;
        switch (write.Op)
        {
            case ChangeOp.Update:
                var update = await UpdateContent.RunAsync(
                    write.ChannelId, write.Read<PatchContentRequest>(), write.Base, write.Caller.UserId, write.RequestId, database, texts, notices, options, clock, CancellationToken.None);
                return update.Failed(out problem, out var changed)
                    ? problem
                    : new Written("content", changed.Item.Id, changed.Version, Json.Utf8(changed.Item.ToSummary() with { Hash = changed.Item.Fields.HashWith(changed.Body) }));
            case ChangeOp.Delete:
                var deletion = await DeleteContent.RunAsync(
                    write.ChannelId, write.Base, write.Caller.UserId, write.RequestId, database, clock, CancellationToken.None);
                return deletion.Failed(out problem, out var trashed)
                    ? problem
                    : new Written("content", trashed.Id, trashed.Head, Json.Utf8(trashed.ToSummary()));
            default:
                return Problems.Invalid("payload.op", "An item is created on its workspace's channel.");
        }
    }
}
