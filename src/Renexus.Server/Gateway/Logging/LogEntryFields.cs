using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Renexus.Server.Gateway.Logging;

/// <summary>What one log entry says besides its message, cleaned: its own values, and those of the scopes around it.</summary>
internal static class LogEntryFields
{
    private const string Template = "{OriginalFormat}";

    public static Dictionary<string, string> Of<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, Redaction redaction)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        scopes?.ForEachScope((scope, into) => Add(into, scope, redaction), fields);
        Add(fields, entry.State, redaction);
        // The server's own number for a request, which nobody outside knows, gives way to the one that everybody does.
        fields.Remove("requestId");
        if (CorrelationId.OfActivity() is { } id)
            fields["correlationId"] = id;
        return fields;
    }

    private static void Add(Dictionary<string, string> fields, object? state, Redaction redaction)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> values)
            return;

        foreach (var (name, value) in values)
        {
            if (value is null || string.Equals(name, Template, StringComparison.Ordinal))
                continue;

            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            fields[JsonNamingPolicy.CamelCase.ConvertName(name)] = Redaction.IsSecretName(name) ? "[redacted]" : redaction.Clean(text);
        }
    }
}
