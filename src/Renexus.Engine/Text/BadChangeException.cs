namespace Renexus.Engine.Text;

/// <summary>What should be a change of a document is none, or does not fit it. The message is a sentence for whoever sent it.</summary>
public sealed class BadChangeException : Exception
{
    public BadChangeException() { }

    public BadChangeException(string message) : base(message) { }

    public BadChangeException(string message, Exception innerException) : base(message, innerException) { }
}
