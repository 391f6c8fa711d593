using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>The way to one client: a socket, a stream of events, or the answer to one request.</summary>
public interface IClientConnection
{
    /// <summary>What waits to be written, in bytes of payload.</summary>
    int QueuedBytes { get; }

    /// <summary>When the client was last heard, as a timestamp of the clock; now, where it only listens.</summary>
    long LastReceived { get; }

    /// <summary>Whether the client can listen to channels here.</summary>
    bool CanListen { get; }

    /// <summary>Whether the client can ask for things here, to subscribe again for instance.</summary>
    bool CanAsk { get; }

    /// <summary>Queues a message; never waits. False when the connection is closing or closed.</summary>
    bool TrySend(OutboundMessage message);

    /// <summary>Finds out whether the client is still there, where that can be asked.</summary>
    void Ping();

    /// <summary>Ends when nothing waits or is being written any more, also because the connection has closed.</summary>
    Task DrainedAsync();

    /// <summary>Closes behind what is already queued, or instead of it with <paramref name="discard"/>. The first call decides.</summary>
    void Close(CloseCode code, string reason, bool discard = false);
}
