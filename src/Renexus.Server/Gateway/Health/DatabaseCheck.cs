using Microsoft.Extensions.Diagnostics.HealthChecks;
using Renexus.Server.Postgres;

namespace Renexus.Server.Gateway.Health;

/// <summary>The database as <c>/health</c> shows it.</summary>
internal sealed class DatabaseCheck(DatabaseHealth database) : IHealthCheck
{
    public const string Name = "database";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = await database.AskAsync(cancellationToken);
        return status.IsConnected
            ? HealthCheckResult.Healthy("connected")
            : HealthCheckResult.Unhealthy("disconnected");
    }
}
