namespace Renexus.Client.Realtime;

/// <summary>What a person should be told about the connection (RT-6).</summary>
/// <param name="State">Where it stands.</param>
/// <param name="RetryIn">For <see cref="ConnectionState.Waiting"/>: how long until the next attempt.</param>
/// <param name="CloseCode">With what the server closed the last connection, if it did.</param>
/// <param name="Reason">Why the last connection ended, in words, if it is known.</param>
public sealed record ConnectionStatus(ConnectionState State, TimeSpan? RetryIn = null, int? CloseCode = null, string? Reason = null);

/// <summary>The states of a connection.</summary>
public enum ConnectionState
{
    /// <summary>Not started yet.</summary>
    Idle,

    /// <summary>An attempt is under way.</summary>
    Connecting,

    /// <summary>Welcomed; writes go out and updates come in.</summary>
    Online,

    /// <summary>Cut off; writes queue until the next attempt succeeds.</summary>
    Waiting,

    /// <summary>Over for good: disposed of, or the server said not to come back.</summary>
    Stopped,
}
