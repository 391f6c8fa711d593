using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Renexus.Server.Gateway.Logging;

/// <summary>One readable line an entry, for people: time, level, message, where from, and the correlation id when there is one.</summary>
internal sealed class TextLogFormatter(Redaction redaction, TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "renexus-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var time = clock.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var message = OneLine(redaction.Clean(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        var source = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        textWriter.Write($"{time} {NameOf(logEntry.LogLevel)} {message}  [{source}");
        if (LogEntryFields.Of(logEntry, scopeProvider, redaction).TryGetValue("correlationId", out var id))
            textWriter.Write($" {id}");
        textWriter.WriteLine("]");
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine(redaction.Clean(exception.ToString()));
    }

    // What a client sent must not look like a line of ours.
    private static string OneLine(string text) =>
        text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", " ⏎ ", StringComparison.Ordinal).Replace("\e", "", StringComparison.Ordinal);

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
