using System.IO.Compression;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// One JSON message for any number of sockets: encoded once as a complete frame, compressed once if it is large and somebody takes it
/// compressed. Immutable, so queues share it without counting references.
/// </summary>
public sealed class OutboundMessage
{
    internal static readonly OutboundMessage Ping = Control(Opcode.Ping, []);

    private readonly byte[] frame;
    private readonly byte payloadAt;
    private readonly bool isControl;
    private byte[]? compressed;

    /// <param name="json">One JSON value in UTF-8; copied.</param>
    /// <param name="ephemeral">May be dropped when its reader is slow: typing, cursors, presence.</param>
    /// <param name="mark">Where its reader stands on a channel once it has taken the message.</param>
    public OutboundMessage(ReadOnlySpan<byte> json, bool ephemeral = false, ChannelMark? mark = null)
        : this(Opcode.Text, json)
    {
        (IsEphemeral, Mark) = (ephemeral, mark);
    }

    private OutboundMessage(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        isControl = opcode.IsControl;
        payloadAt = (byte)FrameHeader.SizeFor(payload.Length);
        frame = new byte[payloadAt + payload.Length];
        FrameHeader.Write(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(payloadAt));
    }

    public ReadOnlyMemory<byte> Json => frame.AsMemory(payloadAt);

    public bool IsEphemeral { get; }

    /// <summary>Where its reader stands on a channel once it has taken the message; null when it moves nobody.</summary>
    public ChannelMark? Mark { get; }

    internal int Length => frame.Length - payloadAt;

    /// <summary>Ready to be written as it is, uncompressed.</summary>
    internal ReadOnlyMemory<byte> Frame => frame;

    internal bool IsLarge => Length > SocketOptions.CompressedOver;

    /// <summary>May share a frame with its neighbours in the queue.</summary>
    internal bool IsJoinable => !isControl && !IsLarge;

    internal static OutboundMessage Control(Opcode opcode, ReadOnlySpan<byte> payload) => new(opcode, payload);

    /// <summary>The same message under permessage-deflate without context takeover, hence the same for everybody.</summary>
    internal ReadOnlyMemory<byte> CompressedFrame()
    {
        // Many writers ask at once after a broadcast: the first one works, the others wait rather than do the same.
        lock (frame)
            return compressed ??= Compress();
    }

    private byte[] Compress()
    {
        using var output = new MemoryStream(frame.Length / 2);
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(Json.Span);
        deflate.Flush();

        // A flush ends with the empty block 00 00 FF FF, which RFC 7692 leaves out.
        var payload = output.GetBuffer().AsSpan(0, (int)output.Length - Deflate.Tail.Length);
        var header = FrameHeader.SizeFor(payload.Length);
        var whole = new byte[header + payload.Length];
        FrameHeader.Write(whole, Opcode.Text, payload.Length, compressed: true);
        payload.CopyTo(whole.AsSpan(header));
        return whole;
    }
}

/// <summary>A place on a channel.</summary>
public sealed record ChannelMark(ChannelId Channel, Position Position);
