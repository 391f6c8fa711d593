using System.Diagnostics;
using System.Net;

namespace Renexus.Load.Sockets;

/// <summary>Any number of connections on one thread.</summary>
internal sealed class SocketLoop : IDisposable
{
    private const int EventsAtOnce = 512;

    private readonly int epoll = Native.CreateEpoll();
    private readonly List<RawConnection> connections = [];
    private readonly byte[] buffer = new byte[256 * 1024];

    public IReadOnlyList<RawConnection> Connections => connections;

    /// <summary>Opens connections, some at a time, and returns when all are welcomed and subscribed.</summary>
    /// <param name="tokens">One for each connection.</param>
    public void Open(IPEndPoint server, IEnumerable<(string Token, string[] Channels)> tokens, TimeSpan timeout)
    {
        const int AtOnce = 32;
        var end = Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        var first = connections.Count;
        foreach (var (token, channels) in tokens)
        {
            var connection = new RawConnection { Index = connections.Count };
            connection.Open(server, token, channels);
            connections.Add(connection);
            Native.Watch(epoll, connection.Handle, connection.Index, forWriting: false, isNew: true);
            while (connections.Count - first >= AtOnce && !connections[^AtOnce].IsReady)
                PollUntil(end);
        }

        for (var i = first; i < connections.Count; i++)
        {
            while (!connections[i].IsReady)
                PollUntil(end);
        }
    }

    /// <summary>Handles what has arrived, waiting at most so long for something.</summary>
    public void Poll(TimeSpan timeout, IFrameSink sink)
    {
        Span<(int Tag, bool Readable, bool Writable)> ready = stackalloc (int, bool, bool)[EventsAtOnce];
        var count = Native.Wait(epoll, ready, timeout);
        foreach (var (tag, readable, writable) in ready[..count])
        {
            var connection = connections[tag];
            if (readable)
                Receive(connection, sink);
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

    private void Receive(RawConnection connection, IFrameSink sink)
    {
        var received = Native.Receive(connection.Handle, buffer);
        if (received == 0)
            throw new IOException($"The server cut connection {connection.Index}.");
        if (received > 0)
            connection.Receive(buffer.AsSpan(0, received), sink);
    }

    private void PollUntil(long end)
    {
        if (Stopwatch.GetTimestamp() > end)
            throw new TimeoutException("Not all connections became ready in time.");
        Poll(TimeSpan.FromMilliseconds(100), NoSink.Instance);
    }

    private sealed class NoSink : IFrameSink
    {
        public static readonly NoSink Instance = new();

        public void OnFrame(RawConnection connection, ReadOnlySpan<byte> payload)
        {
        }
    }
}
