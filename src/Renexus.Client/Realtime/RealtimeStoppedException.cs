namespace Renexus.Client.Realtime;

/// <summary>The connection is over for good; whatever was not acknowledged may be sent again, with its id, by another client.</summary>
public sealed class RealtimeStoppedException(int? closeCode, string? reason, Exception? innerException = null)
    : Exception(reason ?? "The real-time client was stopped.", innerException)
{
    /// <summary>The close code of the server, 4500–4999; null when this side stopped.</summary>
    public int? CloseCode { get; } = closeCode;
}
