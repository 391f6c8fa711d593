namespace Renexus.Server;

/// <summary>
/// Why the server cannot start, as one sentence for the person at the terminal: what is wrong and what to do about it.
/// It is printed without a stack trace.
/// </summary>
internal sealed class StartupException : Exception
{
    public StartupException(string message) : base(message) { }

    public StartupException(string message, Exception inner) : base(message, inner) { }
}
