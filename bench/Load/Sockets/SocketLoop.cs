using System.Diagnostics;
using System.Net;
using Renexus.Load.Wires;

namespace Renexus.Load.Sockets;

/// <summary>Any number of connections on one thread.</summary>
internal sealed class SocketLoop : IDisposable
{
    private const int EventsAtOnce = 512;

    private readonly int epoll = Native.CreateEpoll();
    private readonly List<RawConnection> connections = [];
    private readonly byte[] buffer = new byte[256 * 1024];

    public IReadOnlyList<RawConnection> Connections => connections;

    /// <summary>Opens WebSockets, some at a time, and returns when all may be used.</summary>
    /// <param name="clients">Who connects, and what it listens to.</param>
    public void Open(IPEndPoint server, IWire wire, IWireSink sink, IEnumerable<(Login Login, Guid[] Threads)> clients, TimeSpan timeout)
    {
        const int AtOnce = 32;
        var end = Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        var first = connections.Count;
        foreach (var (login, threads) in clients)
        {
            var connection = new WebSocketConnection(wire, sink) { Index = connections.Count };
            connection.Open(server, login, threads);
            Add(connection);
            while (connections.Count - first >= AtOnce && !connections[^AtOnce].IsReady)
                PollUntil(end);
        }

        for (var i = first; i < connections.Count; i++)
        {
            while (!connections[i].IsReady)
                PollUntil(end);
        }
    }

    /// <summary>Takes in a connection that is open; its index is its place here.</summary>
    public void Add(RawConnection connection)
    {
        if (connection.Index != connections.Count)
            throw new ArgumentException($"It is number {connections.Count} here.", nameof(connection));
        connections.Add(connection);
        Native.Watch(epoll, connection.Handle, connection.Index, forWriting: false, isNew: true);
    }

    /// <summary>Handles what has arrived, waiting at most so long for something.</summary>
    public void Poll(TimeSpan timeout)
    {
        Span<(int Tag, bool Readable, bool Writable)> ready = stackalloc (int, bool, bool)[EventsAtOnce];
        var count = Native.Wait(epoll, ready, timeout);
        foreach (var (tag, readable, writable) in ready[..count])
        {
            var connection = connections[tag];
            if (readable)
                Receive(connection);
            if (readable || writable)
                Flush(connection);
        }
    }

    /// <summary>Sends what is enqueued on a connection, now or when the kernel takes it.</summary>
    public void Flush(RawConnection connection)
    {
        connection.Flush();
        if (connection.HasUnsent == connection.WatchesWriting)
            return;

        connection.WatchesWriting = connection.HasUnsent;
        Native.Watch(epoll, connection.Handle, connection.Index, connection.WatchesWriting, isNew: false);
    }

    public void Dispose()
    {
        foreach (var connection in connections)
            connection.Dispose();
    }

    private void Receive(RawConnection connection)
    {
        var received = Native.Receive(connection.Handle, buffer);
        if (received == 0)
            throw new IOException($"The server cut connection {connection.Index}.");
        if (received > 0)
            connection.Receive(buffer.AsSpan(0, received));
    }

    private void PollUntil(long end)
    {
        if (Stopwatch.GetTimestamp() > end)
            throw new TimeoutException("Not all connections became ready in time.");
        Poll(TimeSpan.FromMilliseconds(100));
    }
}
