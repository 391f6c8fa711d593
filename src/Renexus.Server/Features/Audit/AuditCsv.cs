using System.Globalization;
using System.Text;
using Renexus.Contracts;

namespace Renexus.Server.Features.Audit;

/// <summary>
/// Entries as lines of RFC 4180. A cell that a spreadsheet would take for a formula is told to be text by an apostrophe (OWASP, "CSV
/// injection"): names and bodies come from anybody.
/// </summary>
internal static class AuditCsv
{
    public static readonly string Header = Join(
        "id", "at", "sequence", "actorId", "actorName", "action", "resource", "resourceId", "before", "after", "address", "device", "correlationId");

    public static string Line(AuditRecord record) => Join(
        record.Id.ToString(),
        record.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        record.Sequence?.ToString(CultureInfo.InvariantCulture),
        record.Actor?.Id.ToString(),
        record.Actor?.Name,
        record.Action,
        record.Resource,
        record.ResourceId?.ToString(),
        record.Before?.GetRawText(),
        record.After?.GetRawText(),
        record.Address,
        record.Device,
        record.CorrelationId);

    private static string Join(params string?[] cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells)
        {
            line.Append(line.Length == 0 ? "" : ",").Append('"');
            if (cell is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
                line.Append('\'');
            line.Append(cell?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }
}
