namespace Renexus.Server.Features.Threads;

/// <summary>Who may do what with threads (OR-1). Whoever sees a thread reads it; the rest is here.</summary>
internal static class Permissions
{
    /// <summary>Roles that open threads and write in them.</summary>
    public static readonly string[] Writers = ["owner", "admin", "editor"];

    /// <summary>Roles that delete a thread of somebody else, and other people's messages.</summary>
    public static readonly string[] Moderators = ["owner", "admin"];

    public static bool MayWrite(string role) => Writers.Contains(role, StringComparer.Ordinal);

    public static bool MayModerate(string role) => Moderators.Contains(role, StringComparer.Ordinal);
}
