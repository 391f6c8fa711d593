using System.Buffers;

namespace Renexus.Engine.Realtime.Sockets;

public sealed partial class SocketConnection
{
    private readonly SendQueue queue = new();
    private TaskCompletionSource? drained;
    private long writeBegan;
    private bool isWriting;
    private bool isSlow;

    /// <summary>What waits to be written, in bytes of payload.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (gate)
                return queue.Bytes;
        }
    }

    /// <summary>
    /// Queues a message; never waits. False when the socket is closing or closed. True promises no more than the transport does: an
    /// ephemeral message to a slow reader is dropped.
    /// </summary>
    public bool TrySend(OutboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        bool becameSlow;
        bool isTooSlow;
        lock (gate)
        {
            if (isClosing)
                return false;

            // What counts is the backlog in front of the message, so that a large message alone makes nobody slow.
            becameSlow = !isSlow && BecomesSlow();
            isTooSlow = isSlow && IsTooSlow();
            if (!isTooSlow && !(isSlow && message.IsEphemeral))
                Enqueue(message);
        }

        if (isTooSlow)
            Close(CloseCode.TooSlow, "too slow", discard: true);
        else if (becameSlow)
            handler?.OnOverflow();
        return !isTooSlow;
    }

    /// <summary>Sends a ping. Called regularly it is also how a reader that takes nothing at all is noticed.</summary>
    public void Ping() => TrySend(OutboundMessage.Ping);

    /// <summary>Ends when nothing waits or is being written any more, also because the socket has closed.</summary>
    public Task DrainedAsync()
    {
        lock (gate)
        {
            if (!isWriting)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    private bool BecomesSlow()
    {
        if (!IsBacklogOver(options.SlowBytes, options.SlowMessages))
            return false;
        queue.DropEphemeral();
        return isSlow = IsBacklogOver(options.SlowBytes, options.SlowMessages);
    }

    private bool IsTooSlow() =>
        IsBacklogOver(options.TooSlowBytes, options.TooSlowMessages) || clock.GetElapsedTime(writeBegan) > options.WriteStall;

    private bool IsBacklogOver(int bytes, int messages) => queue.Bytes > bytes || queue.Count > messages;

    private void Enqueue(OutboundMessage message)
    {
        queue.Add(message);
        if (isWriting)
            return;

        // Writing waits for its turn: the sender, who may have thousands to serve, pays for no write,
        // and what it sends meanwhile goes out together.
        isWriting = true;
        writeBegan = clock.GetTimestamp();
        WriteTurns.OfProcess.Add(this);
    }

    /// <summary>Its turn has come. Returns when everything is written, or when the transport takes no more for now.</summary>
    internal void BeginWriting() => _ = WriteAsync();

    private async Task WriteAsync()
    {
        while (TryTake(out var burst))
        {
            try
            {
                var bytes = deflate && burst.Large is { } large ? large.CompressedFrame() : burst.Bytes;
                var written = await transport.Output.WriteAsync(bytes, CancellationToken.None);
                if (written.IsCompleted)
                    Abort(CloseCode.Broken);
            }
            catch (Exception)
            {
                // Whatever the transport throws, nothing more can be written to it; the reading side ends the connection.
                Abort(CloseCode.Broken);
            }
            finally
            {
                if (burst.Rented is { } rented)
                    ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private bool TryTake(out Burst burst)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (queue.Count > 0)
            {
                burst = queue.Take(options.WriteBytes);
                writeBegan = clock.GetTimestamp();
                return true;
            }

            isWriting = false;
            isSlow = false;
            waiting = drained;
            drained = null;
        }

        waiting?.SetResult();
        burst = default;
        return false;
    }
}
