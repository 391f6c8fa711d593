namespace Renexus.Engine.Realtime.Sockets;

public sealed partial class SocketConnection
{
    private const int ReadBytes = 4096;
    private static readonly TimeSpan PingWindow = TimeSpan.FromMinutes(1);

    private readonly MessageReader reader;
    private long lastReceived;
    private long pingWindowBegan;
    private int pings;

    /// <summary>When bytes last came in, as <see cref="TimeProvider.GetTimestamp"/> of the connection's clock.</summary>
    public long LastReceived => Volatile.Read(ref lastReceived);

    /// <summary>Ends with the peer's close frame or with the transport.</summary>
    private async Task ReceiveAsync(ISocketHandler handler)
    {
        byte[]? buffer = null;
        var filled = 0;
        var isLost = false;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    if (filled == 0)
                    {
                        // A read of nothing ends when something has come: only then is a buffer needed.
                        Pooled.Return(ref buffer);
                        _ = await stream.ReadAsync(Memory<byte>.Empty, CancellationToken.None);
                        buffer = Pooled.Rent(ReadBytes);
                    }

                    read = await stream.ReadAsync(buffer.AsMemory(filled), CancellationToken.None);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
                {
                    return;
                }

                if (read == 0)
                    return;
                Volatile.Write(ref lastReceived, clock.GetTimestamp());

                // After broken framing nothing can be understood. To stop reading would make the peer's system drop our close frame.
                if (isLost)
                    continue;

                filled += read;
                var done = 0;
                while (!isLost)
                {
                    var received = reader.Read(buffer.AsMemory(done, filled - done), out var used);
                    done += used;
                    if (received.Kind == ReceivedKind.Nothing)
                        break;

                    switch (received.Kind)
                    {
                        case ReceivedKind.Text when IsOpen:
                            await handler.OnTextAsync(received.Payload);
                            break;
                        case ReceivedKind.Oversize when IsOpen:
                            await handler.OnOversizeAsync(received.Payload);
                            break;
                        case ReceivedKind.Ping:
                            Answer(received.Payload.Span);
                            break;
                        case ReceivedKind.Close:
                            Close(received.Code, "");
                            return;
                        case ReceivedKind.Broken:
                            Close(received.Code, received.Reason, discard: true);
                            isLost = received.Code == CloseCode.ProtocolError;
                            break;
                    }
                }

                // What remains is the beginning of a frame.
                filled = isLost ? 0 : filled - done;
                buffer.AsSpan(done, filled).CopyTo(buffer);
            }
        }
        finally
        {
            Pooled.Return(ref buffer);
        }
    }

    private void Answer(ReadOnlySpan<byte> ping)
    {
        if (pings == 0 || clock.GetElapsedTime(pingWindowBegan) >= PingWindow)
        {
            pingWindowBegan = clock.GetTimestamp();
            pings = 0;
        }

        pings++;
        if (options.PingsPerMinute > 0 && pings > options.PingsPerMinute)
            Close(CloseCode.Rate, "too many pings", discard: true);
        else
            TrySend(OutboundMessage.Control(Opcode.Pong, ping));
    }
}
