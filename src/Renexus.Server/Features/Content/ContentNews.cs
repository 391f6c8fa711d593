using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Who hears of an item (docs/spec/changes.md): its own channel, but for its creation, which nobody can listen to yet; and its workspace's, whose lists
/// it stands in.
/// </summary>
internal static class ContentNews
{
    public static void AnnounceCreated(this Work work, ItemRow item, Guid actor, string? cause) =>
        work.Announce(On(Channels.Workspace(item.WorkspaceId), ChangeOp.Create, item, item.ToSummary(), actor, cause));

    /// <param name="hash">Of what it is now, where that is known.</param>
    public static void AnnounceUpdated(this Work work, ItemRow item, string? hash, Guid? actor, string? cause)
    {
        var data = item.ToSummary() with { Hash = hash };
        work.Announce(On(Channels.Content(item.Id), ChangeOp.Update, item, data, actor, cause));
        work.Announce(On(Channels.Workspace(item.WorkspaceId), ChangeOp.Update, item, data, actor, cause));
    }

    public static void AnnounceTrashed(this Work work, ItemRow item, Guid actor, string? cause)
    {
        work.Announce(On(Channels.Content(item.Id), ChangeOp.Delete, item, item.ToSummary(), actor, cause));
        work.Announce(On(Channels.Workspace(item.WorkspaceId), ChangeOp.Delete, item, item.ToSummary(), actor, cause));
    }

    /// <summary>Back from the trash: in the lists it is new.</summary>
    public static void AnnounceBack(this Work work, ItemRow item, Guid actor)
    {
        work.Announce(On(Channels.Content(item.Id), ChangeOp.Update, item, item.ToSummary(), actor, cause: null));
        work.Announce(On(Channels.Workspace(item.WorkspaceId), ChangeOp.Create, item, item.ToSummary(), actor, cause: null));
    }

    public static void AnnounceComment(this Work work, CommentRow comment, ChangeOp op, Guid actor) =>
        work.Announce(new NewChange(
            Channels.Content(comment.ItemId), comment.WorkspaceId, op, "comment", comment.Id, Json.Utf8(comment.ToComment()), actor, Cause: null));

    /// <summary>A step of the text, to those who follow it.</summary>
    /// <param name="from">The document's version before it.</param>
    public static void AnnounceStep(this Work work, Guid workspaceId, Guid itemId, long from, DocumentUpdate update, Guid actor, string? cause) =>
        work.Announce(new NewChange(
            Channels.Content(itemId), workspaceId, ChangeOp.Updates, "document", itemId, UpdateJson.Announce(from, update, actor), actor, cause));

    private static NewChange On(ChannelId channel, ChangeOp op, ItemRow item, ContentItem data, Guid? actor, string? cause) =>
        new(channel, item.WorkspaceId, op, "content", item.Id, Json.Utf8(data), actor, cause);
}
