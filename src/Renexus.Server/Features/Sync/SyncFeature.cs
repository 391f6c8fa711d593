using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Sync;

/// <summary>What somebody did and missed while away (SY): operations come in, changes go out. What an operation means is its resource's to say.</summary>
internal static class SyncFeature
{
    public static WebApplicationBuilder AddSync(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SyncMemory>();
        builder.Services.AddSingleton<SyncOperations>();
        builder.Services.AddSingleton<SyncReading>();
        builder.Services.AddRecurring<SyncForgetting>(SyncForgetting.Kind, SyncForgetting.EveryHalfHour, forgetting => forgetting.RunAsync);
        return builder;
    }

    public static WebApplication MapSync(this WebApplication app)
    {
        var sync = app.MapGroup("/api/sync").WithTags("Sync").CarryingParts();
        sync.MapGet("/", GetChanges.HandleAsync).WithSummary("Read what happened on everything you may see");
        sync.MapPost("/", ApplyOperations.HandleAsync).WithSummary("Send what was done offline").WithMetadata(new NotInBatch())
            .Produces<SyncResults>();
        return app;
    }
}
