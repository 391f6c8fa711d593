using System.IO.Pipelines;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// The server's side of one WebSocket (RFC 6455) over any duplex pipe. Sending never waits; receiving holds no buffer while nothing comes.
/// Its rules are numbered in docs/spec/sockets.md.
/// </summary>
public sealed partial class SocketConnection : IClientConnection
{
    private readonly Lock gate = new();
    private readonly IDuplexPipe transport;
    private readonly SocketOptions options;
    private readonly TimeProvider clock;
    private readonly bool deflate;
    private readonly Action cut;
    private ISocketHandler? handler;
    private ITimer? closeTimer;
    private CloseCode code;
    private bool isClosing;
    private bool hasEnded;

    /// <param name="transport">Carries the bytes. Completing its ends is for whoever made it, when the connection has ended.</param>
    /// <param name="cut">Ends the transport at once, so that pending reads and writes end.</param>
    /// <param name="deflate">Whether permessage-deflate was negotiated, see <see cref="Handshake.NegotiateDeflate"/>.</param>
    public SocketConnection(IDuplexPipe transport, Action cut, SocketOptions options, TimeProvider clock, bool deflate = false)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(cut);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        (this.transport, this.cut, this.options, this.clock, this.deflate) = (transport, cut, options, clock, deflate);
        reader = new MessageReader(options, deflate);
        lastReceived = clock.GetTimestamp();
    }

    public bool CanListen => true;

    public bool CanAsk => true;

    /// <summary>Neither side has begun to close.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate)
                return !isClosing;
        }
    }

    /// <summary>Reads until the socket has ended and nothing of it runs any more. Call once.</summary>
    /// <param name="cancellationToken">Cuts the transport.</param>
    public async Task RunAsync(ISocketHandler handler, CancellationToken cancellationToken)
    {
        this.handler = handler;
        using var registration = cancellationToken.UnsafeRegister(static self => ((SocketConnection)self!).Abort(CloseCode.Broken), this);
        try
        {
            await ReceiveAsync(handler);
        }
        catch
        {
            // The handler failed: its exception is for the host to log, the peer hears no more than that.
            Close(CloseCode.InternalError, "internal error", discard: true);
            throw;
        }
        finally
        {
            await EndAsync(handler);
        }
    }

    /// <summary>Closes behind what is already queued, or instead of it with <paramref name="discard"/>. The first call decides.</summary>
    /// <param name="reason">For people; cut after 123 bytes.</param>
    public void Close(CloseCode code, string reason, bool discard = false)
    {
        lock (gate)
        {
            if (isClosing)
                return;
            BeginClosing(code);
            if (discard)
                queue.Clear();
            Enqueue(ClosePayload.Frame(code, reason));

            // The peer may never take what waits, nor answer.
            closeTimer = clock.CreateTimer(
                static self => ((SocketConnection)self!).Abort(CloseCode.Broken), this, options.CloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Cuts the transport without a close frame. The handler hears <paramref name="code"/>, unless closing had begun with another.</summary>
    public void Abort(CloseCode code)
    {
        lock (gate)
        {
            if (hasEnded)
                return;
            if (!isClosing)
                BeginClosing(code);
            queue.Clear();
        }

        cut();
    }

    private void BeginClosing(CloseCode code)
    {
        isClosing = true;
        this.code = code;
    }

    private async Task EndAsync(ISocketHandler handler)
    {
        // When nobody has begun to close, the peer has gone without a word.
        if (IsOpen)
            Abort(CloseCode.Broken);
        await DrainedAsync();

        lock (gate)
            hasEnded = true;
        closeTimer?.Dispose();
        reader.Release();
        handler.OnClosed(code);
    }
}
