using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>Whoever receives the messages of a subscription: a socket, an event stream, a poll.</summary>
public interface ISubscriber
{
    /// <summary>
    /// Too much waits for it: live messages pass it by, and what it missed is read from the log once it has caught its
    /// breath (<see cref="Hub.CatchUpAsync"/>).
    /// </summary>
    bool IsSlow { get; }

    /// <summary>Queues a message; never blocks. False when it has gone.</summary>
    bool TrySend(OutboundMessage message);

    /// <summary>The subscription has ended from this side: versions started over, so what the receiver holds is worth nothing.</summary>
    void OnResync(Subscription subscription);
}
