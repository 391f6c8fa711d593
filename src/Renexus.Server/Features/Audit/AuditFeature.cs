using Renexus.Engine.Audit;

namespace Renexus.Server.Features.Audit;

/// <summary>Searching, exporting and proving the audit trail. Writing it is everybody's own part.</summary>
internal static class AuditFeature
{
    public static WebApplicationBuilder AddAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AuditSealer>();
        builder.Services.AddSingleton<AuditHeads>();
        builder.Services.AddSingleton<AuditKey>();
        builder.Services.AddSingleton<Checkpoints>();
        builder.Services.AddSingleton(OwnTrail.Export);
        builder.Services.AddHostedService<AuditSealing>();
        return builder;
    }

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var workspace = routes.MapGroup("/api/workspaces/{workspaceId:guid}/audit").WithTags("Audit")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
        workspace.MapGet("/", SearchAudit.HandleAsync).WithSummary("Search the workspace's audit trail");
        workspace.MapGet("/export", ExportAudit.HandleAsync).WithSummary("Download the workspace's audit trail")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: "application/jsonl");

        routes.MapGet("/api/me/audit", MyAudit.HandleAsync).WithTags("Audit").WithSummary("Your own log-ins and security events")
            .ProducesProblem(StatusCodes.Status401Unauthorized);

        var installation = routes.MapGroup("/api/ops/audit").WithTags("Audit")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        installation.MapGet("/", OpsAudit.HandleAsync).WithSummary("The installation's audit trail, for operators");
        installation.MapGet("/export", ExportOpsAudit.HandleAsync).WithSummary("Download the installation's audit trail, for operators")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: "application/jsonl");
        installation.MapGet("/proof", AuditProof.HandleAsync).WithSummary("How far the audit trail is sealed and signed, for operators");
        return routes;
    }
}
