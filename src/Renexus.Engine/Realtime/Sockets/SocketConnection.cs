namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// The server's side of one WebSocket (RFC 6455) over any duplex stream. Sending never waits; receiving holds no buffer while nothing comes.
/// </summary>
/// <param name="stream">The transport. Its writes must reach the peer without a flush.</param>
/// <param name="deflate">Whether permessage-deflate was negotiated, see <see cref="Handshake.NegotiateDeflate"/>.</param>
/// <param name="abort">Cuts the transport at once, so that pending reads and writes fail; disposing the stream when null.</param>
public sealed class SocketConnection(Stream stream, SocketOptions options, TimeProvider clock, bool deflate = false, Action? abort = null)
{
    private readonly (Stream, SocketOptions, bool, Action?) _face = (stream, options, deflate, abort);

    /// <summary>Neither side has begun to close.</summary>
    public bool IsOpen => _face.Item1 is null ? false : throw new NotSupportedException();

    /// <summary>When bytes last came in, as <see cref="TimeProvider.GetTimestamp"/> of the connection's clock.</summary>
    public long LastReceived { get; private set; } = clock.GetTimestamp();

    /// <summary>What waits to be written, in bytes of payload.</summary>
    public int QueuedBytes => throw new NotSupportedException();

    /// <summary>Reads until the socket has ended and everything belonging to it has stopped. Call once.</summary>
    /// <param name="cancellationToken">Cuts the transport.</param>
    public Task RunAsync(ISocketHandler handler, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Queues a message; never waits. False when the socket is closing or closed.</summary>
    public bool TrySend(OutboundMessage message) => throw new NotSupportedException();

    /// <summary>Ends when nothing is queued or being written any more, also because the socket has closed.</summary>
    public Task DrainedAsync() => throw new NotSupportedException();

    /// <summary>Sends a ping. Also the moment at which a reader that has stalled is noticed.</summary>
    public void Ping() => throw new NotSupportedException();

    /// <summary>Closes behind what is already queued, or with <paramref name="discard"/> instead of it. The first call decides.</summary>
    /// <param name="reason">At most 123 bytes in UTF-8.</param>
    public void Close(CloseCode code, string reason, bool discard = false) => throw new NotSupportedException();

    /// <summary>Cuts the transport without a close frame; the handler hears <paramref name="code"/>.</summary>
    public void Abort(CloseCode code) => throw new NotSupportedException();
}
