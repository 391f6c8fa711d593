using Renexus.Engine.Redis;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Limits;

/// <summary>
/// The token buckets of <see cref="Limiter"/> in Redis, where all nodes spend from the same ones (GW-4). Redis' own clock counts, so nodes' clocks may differ.
/// While it is away or slow each node counts for itself again.
/// </summary>
internal sealed partial class SharedBuckets(RedisClient redis, RenexusOptions options, TimeProvider clock, ILogger<SharedBuckets> logger)
{
    // Longer than Redis ever needs, shorter than a person notices.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>KEYS: the bucket. ARGV: per minute, burst, tokens to spend (0 looks), tokens to grant. Answers allowed, remaining, milliseconds to wait.</summary>
    private const string Bucket = """
        local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'granted')
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local rate, burst, cost, grant = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local at = tonumber(bucket[2]) or now
        local tokens = math.min(burst, (tonumber(bucket[1]) or burst) + math.max(0, now - at) * rate / 60000)
        local granted = math.max(tonumber(bucket[3]) or 0, grant)
        local allowed, wait = 1, 0
        if tokens >= 1 then
          tokens = tokens - cost
        elseif granted > 0 then
          granted = granted - cost
        else
          allowed, wait = 0, math.ceil((1 - tokens) * 60000 / rate)
        end
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now, 'granted', granted)
        redis.call('PEXPIRE', KEYS[1], 120000)
        return {allowed, math.floor(tokens) + granted, wait}
        """;

    private bool isAlone;

    /// <summary>What the shared bucket says; null when it cannot be asked.</summary>
    /// <param name="cost">1 spends a token, 0 only looks.</param>
    /// <param name="grant">Tokens to top up to, once.</param>
    public async Task<LimitState?> AskAsync(LimitPolicy policy, LimitKey key, int cost, int grant)
    {
        try
        {
            var reply = await redis.SendAsync("EVAL", Bucket, 1, $"{options.Redis.Prefix}limit:{policy.Name}:{key}", policy.PerMinute, policy.Burst, cost, grant)
                .WaitAsync(Patience, clock);
            isAlone = false;
            return reply.Items is [var allowed, var remaining, var wait]
                ? new(allowed.Integer == 1, TimeSpan.FromMilliseconds(wait.Integer), (int)remaining.Integer)
                : null;
        }
        catch (Exception e) when (e is RedisException or RedisUnavailableException or TimeoutException)
        {
            if (!isAlone)
                Alone(logger, e.Message);
            isAlone = true;
            return null;
        }
    }

    [LoggerMessage(1762, LogLevel.Warning, "Rate limits are counted by each node for itself: {Reason}")]
    private static partial void Alone(ILogger logger, string reason);
}
