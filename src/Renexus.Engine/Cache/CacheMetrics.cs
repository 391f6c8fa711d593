using System.Diagnostics.Metrics;

namespace Renexus.Engine.Cache;

/// <summary>What the caches count: <c>renexus.cache.requests</c> by cache and outcome.</summary>
public static class CacheMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Renexus.Cache";

    private static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "renexus.cache.requests", "{request}", "What was asked of a cache: hit, miss, or shared with somebody who missed the same at that moment.");

    internal static readonly KeyValuePair<string, object?> Hit = new("outcome", "hit");
    internal static readonly KeyValuePair<string, object?> Miss = new("outcome", "miss");
    internal static readonly KeyValuePair<string, object?> Shared = new("outcome", "shared");
}
