using Renexus.Engine.Changes;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway;

/// <summary>Says what a transaction changed on the channels of those who may see it (RT-5).</summary>
internal static class Announcements
{
    public static void AnnounceToUser<T>(this Work work, Guid userId, ChangeOp op, string resource, Guid resourceId, T data, Guid? actor) =>
        work.Announce(new NewChange(Channels.User(userId), WorkspaceId: null, op, resource, resourceId, Json.Utf8(data), actor, Cause: null));

    public static void AnnounceToWorkspace<T>(this Work work, Guid workspaceId, ChangeOp op, string resource, Guid resourceId, T data, Guid? actor) =>
        work.Announce(new NewChange(Channels.Workspace(workspaceId), workspaceId, op, resource, resourceId, Json.Utf8(data), actor, Cause: null));
}
