using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Renexus.Contracts;

namespace Renexus.Server.Gateway.Health;

/// <summary>
/// How the server is doing (OB-1): for people and monitors all of it, for orchestrators whether to restart the process (live) or to send it
/// requests (ready). Each dependency registers its own check with <c>AddHealthChecks</c>.
/// </summary>
internal sealed class HealthEndpoints(HealthCheckService checks, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    // Answers come within a second, whatever a dependency does.
    public static readonly TimeSpan CheckTimeout = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(900);
    private static readonly string Version = typeof(HealthEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private readonly long started = clock.GetTimestamp();

    public static void Map(IEndpointRouteBuilder routes)
    {
        var health = routes.ServiceProvider.GetRequiredService<HealthEndpoints>();
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapGet("/", health.AllAsync).WithName("getHealth")
            .WithSummary("How the server and everything it depends on is doing; 503 when it cannot serve.")
            .Produces<ServerHealth>().Produces<ServerHealth>(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/live", health.Live).WithName("getHealthLive")
            .WithSummary("Whether the process runs; says nothing about what it depends on.").Produces<ServerHealth>();
        group.MapGet("/ready", health.AllAsync).WithName("getHealthReady")
            .WithSummary("Whether to send requests here; 503 also while the server drains before it stops.")
            .Produces<ServerHealth>().Produces<ServerHealth>(StatusCodes.Status503ServiceUnavailable);
    }

    private JsonHttpResult<ServerHealth> Live() => Answer(new ServerHealth("healthy", Database: null, Uptime, clock.GetUtcNow(), Version, Checks: null));

    private async Task<JsonHttpResult<ServerHealth>> AllAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Answer(new ServerHealth("unhealthy", Database: null, Uptime, clock.GetUtcNow(), Version, Checks: null));

        try
        {
            var report = await checks.CheckHealthAsync(cancellationToken).WaitAsync(AnswerTimeout, TimeProvider.System, cancellationToken);
            return Answer(Describe(report));
        }
        catch (TimeoutException)
        {
            return Answer(new ServerHealth("unhealthy", "unknown", Uptime, clock.GetUtcNow(), Version, Checks: null));
        }
    }

    private ServerHealth Describe(HealthReport report) => new(
        NameOf(report.Status),
        report.Entries.TryGetValue(DatabaseCheck.Name, out var database) ? database.Description ?? "disconnected" : null,
        Uptime,
        clock.GetUtcNow(),
        Version,
        report.Entries.ToDictionary(
            e => e.Key,
            e => new DependencyHealth(NameOf(e.Value.Status), e.Value.Description, Math.Round(e.Value.Duration.TotalMilliseconds, 1)),
            StringComparer.Ordinal));

    private static string NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private double Uptime => Math.Round(clock.GetElapsedTime(started).TotalSeconds, 1);

    private static JsonHttpResult<ServerHealth> Answer(ServerHealth health) => TypedResults.Json(
        health, Json.Options, statusCode: health.Status is "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
}
