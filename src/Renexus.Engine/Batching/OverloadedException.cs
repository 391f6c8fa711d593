namespace Renexus.Engine.Batching;

/// <summary>More waits than can be worked off soon: nothing was done, try again in a moment.</summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException() : base("More writes wait than can be worked off soon.") { }

    public OverloadedException(string message) : base(message) { }

    public OverloadedException(string message, Exception innerException) : base(message, innerException) { }
}
