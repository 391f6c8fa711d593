using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.FileProviders;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Health;
using Renexus.Server.Gateway.Idempotency;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Logging;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Gateway.Outbound;
using Renexus.Server.Gateway.Reference;
using Renexus.Server.Gateway.Secrets;
using Renexus.Server.Gateway.Validation;

namespace Renexus.Server.Gateway;

/// <summary>Everything that stands between the network and the features.</summary>
internal static class GatewayServices
{
    /// <exception cref="InvalidConfigurationException">The configuration has mistakes; the message has all of them.</exception>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.AddShippedSettings();
        var options = RenexusConfiguration.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddGatewayLogging(options);
        builder.AddTransport(options);

        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>(); // before AddProblemDetails: the first that can write, writes
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        builder.Services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        // Input that cannot be bound becomes an exception, which knows the field; the default is an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        builder.Services.AddSingleton<Compression>();
        builder.Services.AddSingleton<CrossSite>();
        builder.Services.AddSingleton<PagePolicy>();
        builder.Services.AddSingleton<PolicyReports>();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => CrossSite.Allow(policy, options.Cors)));
        builder.AddSharedState(options.Redis);
        builder.Services.AddSingleton<Limiter>();
        builder.Services.AddSingleton<RateLimiting>();
        builder.Services.AddSecretFields();
        builder.Services.AddSingleton<RequestMemory>();
        builder.Services.AddSecretColumn(RequestMemory.AnswerColumn);
        builder.Services.AddSingleton<RepeatedRequests>();
        builder.Services.AddBatches();
        builder.Services.AddRecurring<RequestForgetting>(RequestForgetting.Kind, RequestForgetting.EveryTenMinutes, forgetting => forgetting.RunAsync);
        builder.Services.AddGatewayAuthentication();
        builder.Services.AddOutbound();
        builder.Services.AddGatewayValidation();

        builder.Services.AddMail();
        builder.Services.AddApiDescription();
        builder.Services.AddSingleton<HealthEndpoints>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>(DatabaseCheck.Name);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations)
                check.Timeout = HealthEndpoints.CheckTimeout;
        });
        return builder;
    }

    /// <summary>The gateway's own addresses.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        // Says at start which addresses users may make the server call.
        app.Services.GetRequiredService<OutboundClient>();
        HealthEndpoints.Map(app);
        ReferenceEndpoints.Map(app);
        PolicyReports.Map(app);
        app.MapBatches();
        return app;
    }

    // The defaults lie beside the assembly; the working directory, where an operator's own files are, may be another.
    private static void AddShippedSettings(this WebApplicationBuilder builder)
    {
        var files = new PhysicalFileProvider(AppContext.BaseDirectory);
        string[] names = ["appsettings.json", $"appsettings.{builder.Environment.EnvironmentName}.json"];
        for (var i = 0; i < names.Length; i++)
            builder.Configuration.Sources.Insert(i, new JsonConfigurationSource { FileProvider = files, Path = names[i], Optional = true });
    }
}
