namespace Renexus.Server.Postgres;

/// <summary>
/// Releases of PostgreSQL in which row-level security can be stepped around (SEC-RLS-10): plans that outlive a change of role (CVE-2023-2455) and planner
/// statistics that tell of rows one may not see (CVE-2025-8713).
/// </summary>
internal static class PostgresRelease
{
    // The first release of each line without the known ways around; earlier lines get no fixes any more, later ones never had them.
    private static readonly Version[] Mended = [new(14, 19), new(15, 14), new(16, 10), new(17, 6)];

    /// <summary>What is wrong with this release, in a sentence; null when nothing is known.</summary>
    public static string? Doubt(Version version) => Mended.FirstOrDefault(mended => mended.Major == version.Major) is { } first && version < first
        ? $"PostgreSQL {version} has known ways around row-level security (CVE-2025-8713): update it to {first} or newer."
        : null;
}
