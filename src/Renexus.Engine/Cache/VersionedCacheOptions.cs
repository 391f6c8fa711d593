namespace Renexus.Engine.Cache;

/// <summary>How much a cache keeps, and for how long.</summary>
public sealed record VersionedCacheOptions
{
    /// <summary>What metrics call it.</summary>
    public required string Name { get; init; }

    /// <summary>Most entries.</summary>
    public int MaxEntries { get; init; } = 1_000;

    /// <summary>Most bytes of all entries together.</summary>
    public long MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>An entry is loaded anew after this, also when its version has not moved: what changes without one is then seen.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);
}
