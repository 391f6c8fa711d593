namespace Renexus.Contracts.Realtime;

/// <summary>Makes and reads the names of channels (PROTOCOL, Channels).</summary>
public static class ChannelNames
{
    /// <summary>The connection itself: hello, welcome, renewal.</summary>
    public const string Session = "$session";

    /// <summary>What operators watch.</summary>
    public const string Ops = "ops";

    /// <summary>The kind of <see cref="User(Guid)"/>.</summary>
    public const string UserKind = "user";

    /// <summary>The kind of <see cref="Workspace(Guid)"/>.</summary>
    public const string WorkspaceKind = "workspace";

    /// <summary>The kind of <see cref="Thread(Guid)"/>.</summary>
    public const string ThreadKind = "thread";

    /// <summary>The kind of <see cref="Content(Guid)"/>.</summary>
    public const string ContentKind = "content";

    /// <summary>The kind of <see cref="Generation(Guid)"/>.</summary>
    public const string GenerationKind = "ai";

    /// <summary>A person's own channel: read markers, unread, notifications.</summary>
    public static string User(Guid id) => $"{UserKind}:{id}";

    /// <summary>A workspace's channel: members, settings, threads.</summary>
    public static string Workspace(Guid id) => $"{WorkspaceKind}:{id}";

    /// <summary>A thread's channel: the thread and its messages.</summary>
    public static string Thread(Guid id) => $"{ThreadKind}:{id}";

    /// <summary>A content item's channel: the item and its document.</summary>
    public static string Content(Guid id) => $"{ContentKind}:{id}";

    /// <summary>A generation's channel: its text as it comes.</summary>
    public static string Generation(Guid id) => $"{GenerationKind}:{id}";

    /// <summary>Splits <c>kind:ID</c>; false for names that have no id or a malformed one.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out ReadOnlySpan<char> kind, out Guid id)
    {
        var colon = name.IndexOf(':');
        kind = colon < 0 ? default : name[..colon];
        if (colon > 0 && Guid.TryParseExact(name[(colon + 1)..], "D", out id))
            return true;

        id = Guid.Empty;
        return false;
    }
}
