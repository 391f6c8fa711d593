using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Limits;

/// <summary>
/// Token buckets by limit and key: HTTP and sockets draw from the same ones. They are this node's own, or with Redis those of all nodes; then
/// this node's are spent too, and decide while Redis is away.
/// </summary>
internal sealed class Limiter(RenexusOptions options, TimeProvider clock, SharedBuckets? shared = null)
{
    // A bucket is full again after a minute at the latest, and a full one may be forgotten.
    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(1);
    private const int MaxKeys = 200_000;

    private readonly Buckets[] buckets = [.. LimitPolicy.Of(options.Limits).Select(policy => new Buckets(policy, clock))];

    public LimitPolicy PolicyOf(Limit limit) => buckets[(int)limit].Policy;

    /// <summary>Spends one token, if there is one.</summary>
    public ValueTask<LimitState> TakeAsync(Limit limit, LimitKey key) => AskAsync(limit, key, buckets[(int)limit].Take(key), cost: 1);

    /// <summary>Whether a token is there; spends nothing.</summary>
    public ValueTask<LimitState> LookAsync(Limit limit, LimitKey key) => AskAsync(limit, key, buckets[(int)limit].Look(key), cost: 0);

    /// <summary>
    /// Lets a key spend so many more, once: the replay of what was written offline. Granting again tops up to the
    /// larger of the two, so that reconnecting often earns nothing.
    /// </summary>
    public async ValueTask GrantAsync(Limit limit, LimitKey key, int tokens)
    {
        buckets[(int)limit].Grant(key, tokens);
        if (shared is not null && !PolicyOf(limit).IsOff)
            await shared.AskAsync(PolicyOf(limit), key, cost: 0, tokens);
    }

    private async ValueTask<LimitState> AskAsync(Limit limit, LimitKey key, LimitState own, int cost) =>
        shared is null || PolicyOf(limit).IsOff ? own : await shared.AskAsync(PolicyOf(limit), key, cost, grant: 0) ?? own;

    /// <summary>The buckets of one limit, in two generations: what was not used for a whole one is full, and forgotten.</summary>
    private sealed class Buckets(LimitPolicy policy, TimeProvider clock)
    {
        private readonly Lock rotating = new();
        private volatile ConcurrentDictionary<LimitKey, Bucket> young = new();
        private volatile ConcurrentDictionary<LimitKey, Bucket> old = new();
        private long youngSince = clock.GetTimestamp();
        private int youngCount;

        public LimitPolicy Policy => policy;

        public LimitState Take(LimitKey key) =>
            policy.IsOff ? LimitState.Unlimited : Find(key).Take(policy, clock);

        public LimitState Look(LimitKey key) =>
            policy.IsOff || !(young.TryGetValue(key, out var bucket) || old.TryGetValue(key, out bucket))
                ? LimitState.Unlimited
                : bucket.Look(policy, clock);

        public void Grant(LimitKey key, int tokens)
        {
            if (!policy.IsOff)
                Find(key).Grant(tokens);
        }

        private Bucket Find(LimitKey key)
        {
            if (clock.GetElapsedTime(Interlocked.Read(ref youngSince)) >= Generation || Volatile.Read(ref youngCount) > MaxKeys)
                Rotate();
            if (young.TryGetValue(key, out var bucket))
                return bucket;

            Interlocked.Increment(ref youngCount);
            return young.GetOrAdd(key, static (k, state) => state.Old.TryGetValue(k, out var known) ? known : new Bucket(state.Burst, state.Now),
                (Old: old, policy.Burst, Now: clock.GetTimestamp()));
        }

        private void Rotate()
        {
            lock (rotating)
            {
                if (clock.GetElapsedTime(youngSince) < Generation && youngCount <= MaxKeys)
                    return;

                old = young;
                young = new();
                youngCount = 0;
                Interlocked.Exchange(ref youngSince, clock.GetTimestamp());
            }
        }
    }

    private sealed class Bucket(double full, long madeAt)
    {
        private readonly Lock access = new();
        private double tokens = full;
        private long at = madeAt;
        private int granted;

        public LimitState Take(LimitPolicy policy, TimeProvider clock)
        {
            lock (access)
            {
                Refill(policy, clock);
                if (tokens >= 1)
                    tokens--;
                else if (granted > 0)
                    granted--;
                else
                    return Refused(policy);
                return new(true, TimeSpan.Zero, (int)tokens + granted);
            }
        }

        public LimitState Look(LimitPolicy policy, TimeProvider clock)
        {
            lock (access)
            {
                Refill(policy, clock);
                return tokens >= 1 || granted > 0 ? new(true, TimeSpan.Zero, (int)tokens + granted) : Refused(policy);
            }
        }

        public void Grant(int more)
        {
            lock (access)
                granted = Math.Max(granted, more);
        }

        private void Refill(LimitPolicy policy, TimeProvider clock)
        {
            var now = clock.GetTimestamp();
            tokens = Math.Min(policy.Burst, tokens + (clock.GetElapsedTime(at, now).TotalMinutes * policy.PerMinute));
            at = now;
        }

        private LimitState Refused(LimitPolicy policy) => new(false, TimeSpan.FromMinutes((1 - tokens) / policy.PerMinute), 0);
    }
}

/// <summary>What a bucket answered.</summary>
/// <param name="RetryAfter">When refused: how long until there is a token.</param>
/// <param name="Remaining">How many more may be spent at once.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LimitState(bool IsAllowed, TimeSpan RetryAfter, int Remaining)
{
    public static readonly LimitState Unlimited = new(IsAllowed: true, TimeSpan.Zero, int.MaxValue);
}
