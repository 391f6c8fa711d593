using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>The whole installation's trail as a file, for its operators; the export is recorded before its first byte.</summary>
internal static class ExportOpsAudit
{
    public static async Task<Results<EmptyHttpResult, ProblemHttpResult>> HandleAsync(
        [AsParameters] AuditQuery query, [AsParameters] AuditExportQuery export, Caller caller, HttpContext context, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var format = export.Format ?? "csv";
        var filter = AuditFile.FilterOf(query, now);
        if (await OpsAudit.RefuseAsync(database, caller, cancellationToken) is { } refusal)
            return refusal;

        await database.RecordAsync(
            Auditing.Entry(AuditActions.AuditExported, resourceId: null, after: new { format, filter = AuditFilter.Describe(query) }), now, cancellationToken);
        await AuditFile.SendAsync(
            context, format, $"audit-{now:yyyyMMdd-HHmmss}", filter, (rest, limit) => OpsAudit.QueryAsync(database, rest, limit, cancellationToken), database, cancellationToken);
        return TypedResults.Empty;
    }
}
