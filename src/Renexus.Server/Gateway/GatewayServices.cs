using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Validation;

namespace Renexus.Server.Gateway;

/// <summary>Everything that stands between the network and the features.</summary>
internal static class GatewayServices
{
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var options = RenexusConfiguration.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CrossSite>();
        builder.Services.AddSingleton<Limiter>();
        builder.Services.AddSingleton<RateLimiting>();
        builder.Services.AddSingleton<Compression>();
        builder.Services.AddGatewayAuthentication();
        builder.Services.AddGatewayValidation();

        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>(); // before AddProblemDetails: the first that can write, writes
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        builder.Services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        // Input that cannot be bound becomes an exception, which knows the field; the default is an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Cors.Origins])
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "traceparent", CorrelationId.Header, "X-Renexus-Client")
            .WithExposedHeaders("ETag", "Cache-Status", "RateLimit", "RateLimit-Policy", "Retry-After", "Location", CorrelationId.Header)
            .AllowCredentials()
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        return builder;
    }

    public static WebApplication MapGateway(this WebApplication app) => app;
}
