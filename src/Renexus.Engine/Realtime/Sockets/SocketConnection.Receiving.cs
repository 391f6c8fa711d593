using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Renexus.Engine.Realtime.Sockets;

public sealed partial class SocketConnection
{
    private static readonly TimeSpan PingWindow = TimeSpan.FromMinutes(1);

    private readonly MessageReader reader;
    private long lastReceived;
    private long pingWindowBegan;
    private int pings;
    private bool isLost;

    /// <summary>When bytes last came in, as <see cref="TimeProvider.GetTimestamp"/> of the connection's clock.</summary>
    public long LastReceived => Volatile.Read(ref lastReceived);

    /// <summary>Ends with the peer's close frame or with the transport. While nothing comes, only this method waits, and it holds nothing.</summary>
    private async Task ReceiveAsync(ISocketHandler handler)
    {
        var input = transport.Input;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            if (read.IsCanceled || read.Buffer.IsEmpty)
                return;
            Volatile.Write(ref lastReceived, clock.GetTimestamp());
            if (await TakeAsync(read.Buffer, handler) is not { } taken)
                return;

            // What remains is the beginning of a frame.
            input.AdvanceTo(taken, read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>Hands over what has come whole, from where it lies. Answers where the rest begins; null after the peer's close frame.</summary>
    private async ValueTask<SequencePosition?> TakeAsync(ReadOnlySequence<byte> bytes, ISocketHandler handler)
    {
        // After broken framing nothing can be understood. To stop reading would make the peer's system drop our close frame.
        while (!isLost && !bytes.IsEmpty)
        {
            var received = reader.Read(MemoryMarshal.AsMemory(bytes.First), out var used);
            if (received.Kind == ReceivedKind.Nothing && used == 0)
            {
                // The end of what has come, or of one of the transport's buffers.
                if (bytes.IsSingleSegment)
                    return bytes.Start;
                received = reader.Read(bytes.Slice(0, Math.Min(bytes.Length, MessageReader.MostUncut)).ToArray(), out used);
                if (received.Kind == ReceivedKind.Nothing && used == 0)
                    return bytes.Start;
            }

            bytes = bytes.Slice(used);
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
                    return null;
                case ReceivedKind.Broken:
                    Close(received.Code, received.Reason, discard: true);
                    isLost = received.Code == CloseCode.ProtocolError;
                    break;
            }
        }

        return bytes.End;
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
