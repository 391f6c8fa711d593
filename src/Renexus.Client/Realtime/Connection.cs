using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Renexus.Client.Realtime;

/// <summary>How a connection ended.</summary>
internal readonly record struct ConnectionEnd(int? CloseCode, string? Reason);

/// <summary>What a connection carries; its owner decides what the bytes mean.</summary>
internal interface IConnectionOwner
{
    /// <summary>Writes the next frame; false when there is nothing to send.</summary>
    bool TryWriteFrame(ArrayBufferWriter<byte> frame);

    /// <summary>Takes a received frame, which is valid during the call only.</summary>
    void OnFrame(ReadOnlySpan<byte> frame);
}

/// <summary>One socket from its opening to its end: a loop that sends, one that receives, and a watch over the silence between frames.</summary>
internal sealed class Connection : IDisposable
{
    private const int FirstBuffer = 4096;

    /// <summary>More than this in one frame is no message of this protocol.</summary>
    private const int LargestFrame = 64 * 1024 * 1024;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket socket;
    private readonly TimeProvider time;
    private readonly ITimer watch;

    // Holds at most one wake-up: the sender takes all there is at each.
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long lastHeard;
    private volatile bool silent;

    public Connection(WebSocket socket, TimeProvider time, TimeSpan patience)
    {
        this.socket = socket;
        this.time = time;
        Patience = patience;
        lastHeard = time.GetTimestamp();
        watch = time.CreateTimer(static state => ((Connection)state!).CheckSilence(), this, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long nothing may arrive before the connection counts as lost.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>There may be something to send.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    /// <summary>Serves the connection until it ends, for whatever reason of the network or the server.</summary>
    public async Task<ConnectionEnd> RunAsync(IConnectionOwner owner, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(owner, stop.Token);
        try
        {
            return await ReceiveAsync(owner, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The sending side aborts a socket that it finds broken; what the receiving side then sees depends on the moment.
            return new ConnectionEnd(null, silent ? "Nothing was heard from the server for too long." : e.InnerException?.Message ?? e.Message);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }
    }

    /// <summary>Says good-bye if that is still possible.</summary>
    public async Task CloseAsync()
    {
        if (socket.State != WebSocketState.Open)
            return;

        using var timeout = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is over either way.
        }
    }

    public void Dispose()
    {
        watch.Dispose();
        socket.Dispose();
    }

    private async Task SendAsync(IConnectionOwner owner, CancellationToken cancellationToken)
    {
        var frame = new ArrayBufferWriter<byte>(FirstBuffer);
        try
        {
            while (await wake.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                wake.Reader.TryRead(out _);
                for (frame.ResetWrittenCount(); owner.TryWriteFrame(frame); frame.ResetWrittenCount())
                    await socket.SendAsync(frame.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The receiving side sees the same end and knows more about it; should it not, this tells it.
            socket.Abort();
        }
    }

    private async Task<ConnectionEnd> ReceiveAsync(IConnectionOwner owner, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var filled = 0;
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref lastHeard, time.GetTimestamp());
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync().ConfigureAwait(false);
                    return new ConnectionEnd((int?)socket.CloseStatus, socket.CloseStatusDescription);
                }

                filled += received.Count;
                if (received.EndOfMessage)
                {
                    owner.OnFrame(buffer.AsSpan(0, filled));
                    filled = 0;
                }
                else if (filled == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        if (full.Length >= LargestFrame)
            throw new WebSocketException(WebSocketError.InvalidMessageType, "The server sent a frame that is too large.");

        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private void CheckSilence()
    {
        var rest = Patience - time.GetElapsedTime(Volatile.Read(ref lastHeard));
        if (rest > TimeSpan.Zero)
        {
            watch.Change(rest, Timeout.InfiniteTimeSpan);
            return;
        }

        silent = true;
        socket.Abort();
    }
}
