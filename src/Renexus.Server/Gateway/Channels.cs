using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway;

/// <summary>The kinds of channel and their names on the wire (PROTOCOL, Channels). The numbers are stored: never reuse one.</summary>
internal static class Channels
{
    public const short UserKind = 1;
    public const short WorkspaceKind = 2;
    public const short ThreadKind = 3;
    public const short ContentKind = 4;
    public const short AiKind = 5;
    public const short OpsKind = 6;

    /// <summary>The one of its kind.</summary>
    public static readonly ChannelId Ops = new(OpsKind, Guid.Empty);

    public static ChannelId User(Guid id) => new(UserKind, id);

    public static ChannelId Workspace(Guid id) => new(WorkspaceKind, id);

    public static ChannelId Thread(Guid id) => new(ThreadKind, id);

    public static ChannelId Content(Guid id) => new(ContentKind, id);
}
