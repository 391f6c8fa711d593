using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Who hears of a thread itself (docs/spec/changes.md): its own channel, but for its creation, which nobody can listen to yet;
/// and the list it stands in, which is the workspace's for an open thread and each participant's own for a private one.
/// </summary>
internal static class ThreadNews
{
    public static void AnnounceThread(this Work work, ThreadRow thread, ChangeOp op, Guid actor, string? cause)
    {
        var data = Json.Utf8(thread.ToAnnouncement());
        NewChange On(ChannelId channel, Guid? workspaceId) => new(channel, workspaceId, op, "thread", thread.Id, data, actor, cause);

        if (op != ChangeOp.Create)
            work.Announce(On(Channels.Thread(thread.Id), thread.WorkspaceId));
        // Of a comment's thread nobody hears but those who are in it: it is in no list.
        if (thread.ContentId is not null)
            return;
        if (!thread.IsPrivate)
        {
            work.Announce(On(Channels.Workspace(thread.WorkspaceId), thread.WorkspaceId));
            return;
        }
        foreach (var participant in thread.Participants)
            work.Announce(On(Channels.User(participant), null));
    }
}
