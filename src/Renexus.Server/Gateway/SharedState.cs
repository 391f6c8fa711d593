using Microsoft.Extensions.Diagnostics.HealthChecks;
using Renexus.Engine.Redis;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway;

/// <summary>Redis, where it is configured: what nodes share that may be lost. Without it nothing here exists and each node manages alone.</summary>
internal static class SharedState
{
    public static void AddSharedState(this WebApplicationBuilder builder, RedisOptions options)
    {
        if (options.ConnectionString is not { Length: > 0 } text)
            return;

        var address = RedisAddress.Parse(text);
        builder.Services.AddSingleton(provider =>
            new RedisClient(address, TimeProvider.System, provider.GetRequiredService<ILogger<RedisClient>>()));
        builder.Services.AddSingleton<SharedBuckets>();
        builder.Services.AddHealthChecks().AddCheck<RedisCheck>("redis");
    }

    /// <summary>Its loss degrades; everything that counts is in the database.</summary>
    private sealed class RedisCheck(RedisClient redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await redis.SendAsync("PING").WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy("connected");
            }
            catch (RedisUnavailableException)
            {
                return HealthCheckResult.Degraded("disconnected");
            }
        }
    }
}
