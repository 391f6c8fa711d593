using System.Text;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Audit;

/// <summary>A trail as a file, newest first, sent while it is read.</summary>
internal static class AuditFile
{
    private const int BatchSize = 500;

    /// <summary>Up to this moment: the file ends although the trail goes on.</summary>
    public static AuditFilter FilterOf(AuditQuery query, DateTimeOffset now) => AuditFilter.Of(query with { To = query.To < now ? query.To : now }, cursor: null);

    /// <param name="context">The answer.</param>
    /// <param name="format"><c>csv</c> or <c>jsonl</c>.</param>
    /// <param name="name">Of the file, without its ending.</param>
    /// <param name="filter">What belongs into it.</param>
    /// <param name="readAsync">Reads the next so many rows of a filter.</param>
    /// <param name="database">Knows the names.</param>
    /// <param name="cancellationToken">Whoever wanted it has gone.</param>
    public static async Task SendAsync(
        HttpContext context, string format, string name, AuditFilter filter, Func<AuditFilter, int, Task<IReadOnlyList<AuditRow>>> readAsync, Database database,
        CancellationToken cancellationToken)
    {
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{format}\"";
        if (format == "csv")
            await WriteAsync(context, AuditCsv.Header, cancellationToken);
        while (true)
        {
            var rows = await readAsync(filter, BatchSize);
            var records = await AuditRow.PresentAsync(rows, database, cancellationToken);
            await WriteAsync(context, string.Concat(records.Select(record => format == "csv" ? AuditCsv.Line(record) : Line(record))), cancellationToken);
            if (rows.Count < BatchSize)
                return;
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
