namespace Renexus.Server.Postgres;

/// <summary>Where unpacked PostgreSQL programs are kept, one copy for all checkouts and servers of a user.</summary>
internal static class PostgresCaches
{
    // Root's PostgreSQL runs as somebody else, who cannot enter root's home.
    public static IEnumerable<string> ForThisUser =>
        OperatingSystem.IsWindows() ? [Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "Renexus", "Cache")]
        : Environment.IsPrivilegedProcess ? ["/var/cache/renexus"]
        : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? [Path.Combine(cache, "renexus")]
        : Folder(Environment.SpecialFolder.UserProfile) is not { Length: > 0 } home ? []
        : OperatingSystem.IsMacOS() ? [Path.Combine(home, "Library", "Caches", "renexus")]
        : [Path.Combine(home, ".cache", "renexus")];

    private static string Folder(Environment.SpecialFolder folder) => Environment.GetFolderPath(folder);
}
