using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>A workspace's trail as a file, newest first, sent while it is read; the export is recorded before its first byte.</summary>
internal static class ExportAudit
{
    private const int BatchSize = 500;

    public static async Task<Results<EmptyHttpResult, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] AuditQuery query, [AsParameters] AuditExportQuery export, Caller caller, HttpContext context,
        Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var format = export.Format ?? "csv";
        // Up to this moment: the file ends although the trail goes on.
        var filter = AuditFilter.Of(query with { To = query.To < now ? query.To : now }, cursor: null);
        await using (var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken))
        {
            if (await SearchAudit.RefuseAsync(work, workspaceId, caller, cancellationToken) is { } refusal)
                return refusal;

            work.Record(AuditActions.AuditExported, workspaceId, workspaceId, after: new { format, filter = AuditFilter.Describe(query) });
            await work.CommitAsync(now);
        }

        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{workspaceId}-{now:yyyyMMdd-HHmmss}.{format}\"";
        if (format == "csv")
            await WriteAsync(context, AuditCsv.Header, cancellationToken);
        while (true)
        {
            await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
            var rows = await SearchAudit.QueryAsync(work, filter, workspaceId, caller, BatchSize, cancellationToken);
            await work.DisposeAsync();
            var records = await AuditRow.PresentAsync(rows, database, cancellationToken);
            await WriteAsync(context, string.Concat(records.Select(record => format == "csv" ? AuditCsv.Line(record) : Line(record))), cancellationToken);
            if (rows.Count < BatchSize)
                return TypedResults.Empty;
            filter = filter with { Before = rows[^1].Id };
        }
    }

    private static string Line(AuditRecord record) => Encoding.UTF8.GetString(Json.Utf8(record)) + "\n";

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync(text, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
