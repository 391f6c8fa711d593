namespace Renexus.Server.Postgres;

/// <summary>
/// Reads what PostgreSQL writes about itself. Lines look like <c>checkpointer|LOG:  text</c> (log_line_prefix '%b|'), those that belong to
/// the one before begin with a tab.
/// </summary>
internal sealed partial class PostgresLog(ILogger logger)
{
    /// <summary>What to give PostgreSQL so that it writes what this class reads.</summary>
    public static readonly string[] Settings = ["log_line_prefix=%b|", "log_min_messages=warning", "logging_collector=off", "lc_messages=C"];

    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogLevel level = LogLevel.Debug;

    /// <summary>Done when PostgreSQL takes connections.</summary>
    public Task Ready => ready.Task;

    /// <summary>The most serious thing it said: why it did not start.</summary>
    public string? Failure { get; private set; }

    public void Read(string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        var text = bar < 0 ? line : line[(bar + 1)..];

        // What goes wrong for a client is told to the client, and may quote its data: "Key (email)=(…) already exists".
        if (bar > 0 && line.AsSpan(0, bar) is "client backend")
            level = LogLevel.None;
        else if (bar > 0)
            level = LevelOf(text);
        else if (!line.StartsWith('\t'))
            level = LogLevel.Warning; // not PostgreSQL's own: the loader or the shell

        if (level is LogLevel.None)
            return;
        if (level is LogLevel.Error && text.StartsWith("FATAL", StringComparison.Ordinal))
            Failure = text;
        else if (bar < 0)
            Failure ??= text;
        LogLine(level, text);
        if (text.EndsWith("database system is ready to accept connections", StringComparison.Ordinal))
            ready.TrySetResult();
    }

    // A DETAIL or HINT is as important as what it explains.
    private LogLevel LevelOf(string text) => text.AsSpan(0, Math.Max(text.IndexOf(':', StringComparison.Ordinal), 0)) switch
    {
        "FATAL" or "PANIC" => LogLevel.Error,
        "WARNING" or "ERROR" => LogLevel.Warning,
        "DETAIL" or "HINT" or "CONTEXT" or "STATEMENT" or "QUERY" or "LOCATION" => level,
        _ => LogLevel.Debug,
    };

    [LoggerMessage(EventId = 1020, Message = "PostgreSQL: {Line}")]
    private partial void LogLine(LogLevel level, string line);
}
