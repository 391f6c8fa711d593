using System.Diagnostics;
using Renexus.Load.Sockets;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>One writing client: its messages on their way, and when each was due.</summary>
internal sealed class Sender(RawConnection connection, IMessageTemplate template)
{
    /// <summary>As many may be on their way; a power of two.</summary>
    private const int Places = 4096;

    private readonly long[] dueAt = new long[Places];
    private uint next;

    public RawConnection Connection => connection;

    public int InFlight { get; private set; }

    /// <summary>Enqueues the next message, whose latency counts from <paramref name="due"/>.</summary>
    public void Send(long due)
    {
        if (InFlight == Places)
            throw new InvalidOperationException("The server does not keep up with this rate: 4 096 messages of one client wait.");

        dueAt[next % Places] = due;
        connection.Enqueue(template.Frame(next++));
        InFlight++;
    }

    public void Send() => Send(Stopwatch.GetTimestamp());

    /// <returns>When the acknowledged message was due.</returns>
    public long Acknowledged(uint number)
    {
        InFlight--;
        return dueAt[number % Places];
    }
}
