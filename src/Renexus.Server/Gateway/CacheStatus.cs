using Microsoft.Extensions.Primitives;
using Renexus.Engine.Cache;

namespace Renexus.Server.Gateway;

/// <summary>What an answer says of the cache that it came from (RFC 9211).</summary>
internal static class CacheStatus
{
    private const string Header = "Cache-Status";

    private static readonly StringValues Hit = "renexus; hit";
    private static readonly StringValues Stored = "renexus; fwd=miss; stored";
    private static readonly StringValues Shared = "renexus; fwd=miss; collapsed";
    private static readonly StringValues Missed = "renexus; fwd=miss";

    /// <param name="response">Whose head it goes into.</param>
    /// <param name="outcome">Of the look-up.</param>
    /// <param name="isKept">Whether the answer is one that the cache keeps.</param>
    public static void SetCacheStatus(this HttpResponse response, CacheOutcome outcome, bool isKept) => response.Headers[Header] = outcome switch
    {
        CacheOutcome.Hit => Hit,
        CacheOutcome.Shared => Shared,
        _ => isKept ? Stored : Missed,
    };
}
