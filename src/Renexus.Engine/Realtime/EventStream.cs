using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>
/// The server's side of one stream of Server-Sent Events: one event a message, each with the position that it leads to before its data.
/// Sending never waits; a slow or stalled reader is treated as one of a socket is (docs/spec/sockets.md, SK15 to SK17).
/// </summary>
/// <param name="stream">The answer's body.</param>
/// <param name="position">Where the stream begins; it moves with what is written.</param>
/// <param name="farewell">The last message: why the stream ends.</param>
/// <param name="cut">Ends the transport at once, so that a pending write fails.</param>
public sealed class EventStream(
    Stream stream, StreamPosition position, SocketOptions options, TimeProvider clock, Func<CloseCode, string, OutboundMessage> farewell, Action cut)
    : IClientConnection
{
    private readonly Lock gate = new();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ArrayBufferWriter<byte> burst = new(512);
    private Queue<OutboundMessage> queue = new();
    private ISocketHandler? handler;
    private TaskCompletionSource? drained;
    private ITimer? closeTimer;
    private CloseCode code = CloseCode.Broken;
    private int queuedBytes;
    private long writeBegan;
    private bool isWriting;
    private bool isSlow;
    private bool isClosing;
    private bool hasEnded;

    public int QueuedBytes
    {
        get
        {
            lock (gate)
                return queuedBytes;
        }
    }

    public long LastReceived => clock.GetTimestamp();

    public bool CanListen => true;

    public bool CanAsk => false;

    public bool TrySend(OutboundMessage message)
    {
        bool becameSlow;
        bool isTooSlow;
        lock (gate)
        {
            if (isClosing)
                return false;
            becameSlow = !isSlow && (queuedBytes > options.SlowBytes || queue.Count > options.SlowMessages);
            isSlow |= becameSlow;
            isTooSlow = isSlow && isWriting
                && (queuedBytes > options.TooSlowBytes || queue.Count > options.TooSlowMessages || clock.GetElapsedTime(writeBegan) > options.WriteStall);
            if (!isTooSlow && !(isSlow && message.IsEphemeral))
                Enqueue(message);
        }
        if (isTooSlow)
            Close(CloseCode.TooSlow, "too slow", discard: true);
        else if (becameSlow)
            handler?.OnOverflow();
        return !isTooSlow;
    }

    /// <summary>The heartbeat is a message here; there is nobody to answer.</summary>
    public void Ping()
    {
    }

    public Task DrainedAsync()
    {
        lock (gate)
        {
            if (hasEnded || (queue.Count == 0 && !isWriting))
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    public void Close(CloseCode code, string reason, bool discard = false)
    {
        lock (gate)
        {
            if (isClosing || hasEnded)
                return;
            if (discard)
                (queue, queuedBytes) = (new Queue<OutboundMessage>(), 0);
            Enqueue(farewell(code, reason));
            (isClosing, this.code) = (true, code);
            closeTimer = clock.CreateTimer(static cut => ((Action)cut!)(), cut, options.CloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes until the stream is closed or its reader has gone. Call once.</summary>
    public async Task RunAsync(ISocketHandler handler, CancellationToken gone)
    {
        lock (gate)
            this.handler = handler;
        try
        {
            while (await TakeAsync(gone))
            {
                await stream.WriteAsync(burst.WrittenMemory, gone);
                await stream.FlushAsync(gone);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reader has gone.
        }
        finally
        {
            End();
            handler.OnClosed(code);
        }
    }

    private async ValueTask<bool> TakeAsync(CancellationToken gone)
    {
        while (true)
        {
            if (TryFill(out var isOver))
                return true;
            if (isOver)
                return false;
            await wake.Reader.ReadAsync(gone);
        }
    }

    private bool TryFill(out bool isOver)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            isOver = isClosing && queue.Count == 0;
            if (queue.Count > 0)
            {
                burst.ResetWrittenCount();
                while (burst.WrittenCount < options.WriteBytes && queue.TryDequeue(out var message))
                {
                    queuedBytes -= message.Length;
                    Write(message);
                }
                (isWriting, writeBegan) = (true, clock.GetTimestamp());
                return true;
            }
            (isWriting, isSlow) = (false, false);
            (waiting, drained) = (drained, null);
        }
        waiting?.SetResult();
        return false;
    }

    private void Write(OutboundMessage message)
    {
        if (message.Mark is { } mark)
            position.Move(mark.Channel, mark.Position);
        burst.Write("id: "u8);
        Encoding.ASCII.GetBytes(position.ToString(), burst);
        burst.Write("\ndata: "u8);
        // Our JSON has no line breaks outside of strings, where they are escaped.
        burst.Write(message.Json.Span);
        burst.Write("\n\n"u8);
    }

    private void Enqueue(OutboundMessage message)
    {
        queue.Enqueue(message);
        queuedBytes += message.Length;
        wake.Writer.TryWrite(true);
    }

    private void End()
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            (hasEnded, isClosing, isWriting) = (true, true, false);
            (queue, queuedBytes) = (new Queue<OutboundMessage>(), 0);
            (waiting, drained) = (drained, null);
        }
        closeTimer?.Dispose();
        waiting?.SetResult();
    }
}
