using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>A workspace's trail as a file, newest first; the export is recorded before its first byte.</summary>
internal static class ExportAudit
{
    public static async Task<Results<EmptyHttpResult, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] AuditQuery query, [AsParameters] AuditExportQuery export, Caller caller, HttpContext context,
        Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var format = export.Format ?? "csv";
        var filter = AuditFile.FilterOf(query, now);
        await using (var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken))
        {
            if (await SearchAudit.RefuseAsync(work, workspaceId, caller, cancellationToken) is { } refusal)
                return refusal;

            work.Record(AuditActions.AuditExported, workspaceId, workspaceId, after: new { format, filter = AuditFilter.Describe(query) });
            await work.CommitAsync(now);
        }

        await AuditFile.SendAsync(
            context, format, $"audit-{workspaceId}-{now:yyyyMMdd-HHmmss}", filter,
            async (rest, limit) =>
            {
                await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
                return await SearchAudit.QueryAsync(work, rest, workspaceId, caller, limit, cancellationToken);
            },
            database, cancellationToken);
        return TypedResults.Empty;
    }
}
