using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What is answered to one request that brings messages: gathered, in order, until each has been answered.</summary>
internal sealed class AnswerCollector(TimeProvider clock) : IClientConnection
{
    private readonly Lock gate = new();
    private readonly List<OutboundMessage> messages = [];

    /// <summary>Why the request ends early: the log-in was ended, the server goes away.</summary>
    public CloseCode? Closed { get; private set; }

    public int QueuedBytes => 0;

    public long LastReceived => clock.GetTimestamp();

    public bool CanListen => false;

    public bool CanAsk => false;

    public IReadOnlyList<OutboundMessage> Messages
    {
        get
        {
            lock (gate)
                return [.. messages];
        }
    }

    public bool TrySend(OutboundMessage message)
    {
        lock (gate)
            messages.Add(message);
        return true;
    }

    public void Ping()
    {
    }

    public Task DrainedAsync() => Task.CompletedTask;

    public void Close(CloseCode code, string reason, bool discard = false) => Closed ??= code;
}
