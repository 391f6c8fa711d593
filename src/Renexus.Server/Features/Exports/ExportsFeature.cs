using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Exports;

/// <summary>A workspace as a file (WH-3, docs/exports.md). What belongs in is said by the features, each with its <see cref="Gateway.WorkspaceData"/>.</summary>
internal static class ExportsFeature
{
    public static WebApplicationBuilder AddExports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MakeExport>();
        builder.Services.AddJob<MakeExport, MakeExport.Wanted>(MakeExport.Kind, make => make.RunAsync);
        builder.Services.AddRecurring<ExportRetention>(ExportRetention.Kind, ExportRetention.Hourly, retention => retention.RunAsync);
        return builder;
    }

    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        var exports = routes.MapGroup("/api/workspaces/{workspaceId:guid}/exports").WithTags("Exports")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        exports.MapGet("/", ListExports.HandleAsync).WithSummary("The archives of a workspace, newest first");
        exports.MapPost("/", StartExport.HandleAsync).WithSummary("Have an archive of a workspace made").ProducesProblem(StatusCodes.Status409Conflict);
        exports.MapDelete("/{exportId:guid}", RemoveExport.HandleAsync).WithSummary("Cancel an archive in the making, or remove one");
        exports.MapPost("/{exportId:guid}/link", OpenExport.HandleAsync).NeedsRecentProof().WithSummary("An address to download an archive from, for a few minutes")
            .ProducesProblem(StatusCodes.Status409Conflict);

        routes.MapGet("/api/exports/{token}", DownloadExport.HandleAsync).WithTags("Exports").AllowAnonymous()
            .WithSummary("Download an archive, by the address that was made for it")
            .Produces(StatusCodes.Status200OK, contentType: DownloadExport.ContentType).ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }
}
