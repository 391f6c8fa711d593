using System.Text.Unicode;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// Turns a client's bytes into messages: frames, masks, fragments with control frames between them, UTF-8, compression, the size limit.
/// Does no input of its own. A message that lies whole in the caller's buffer is handed out from there; only others are gathered.
/// </summary>
internal sealed class MessageReader(SocketOptions options, bool deflate)
{
    /// <summary>How much is kept of a message that is too large.</summary>
    private const int HeadBytes = 1024;

    private const int FirstGatheredBytes = 512;

    /// <summary>What must lie in one piece at most: a header, with the payload of a control frame. Of anything else a part is enough to go on.</summary>
    public const int MostUncut = FrameHeader.MaxSize + FrameHeader.MaxControlPayload;

    // The data frame whose payload is being read.
    private bool inFrame;
    private bool isFinal;
    private uint mask;
    private long frameLeft;

    // The message to which it belongs.
    private bool inMessage;
    private bool isCompressed;
    private bool isOversize;
    private long announced;
    private Utf8Validator utf8;
    private byte[]? gathered;
    private int length;

    // A message broke a rule, the framing did not: from here on only the close frame matters.
    private bool skipping;

    /// <summary>Goes on to the next thing in <paramref name="bytes"/> (unmasked in place); what the last one pointed at is gone.</summary>
    /// <param name="used">How many bytes are done with. The others must come again, with more behind them.</param>
    public Received Read(Memory<byte> bytes, out int used)
    {
        if (!inMessage)
            Release();

        used = 0;
        while (true)
        {
            var left = bytes[used..];
            if (inFrame)
            {
                var piece = left[..(int)Math.Min(left.Length, frameLeft)];
                used += piece.Length;
                if (!TryContinueFrame(piece.Span))
                    return Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
                if (frameLeft > 0)
                    return default;

                inFrame = false;
                if (isFinal && !skipping)
                    return EndMessage();
                continue;
            }

            var result = FrameHeader.TryRead(left.Span, out var header, out var size);
            if (result == FrameHeader.ReadResult.Incomplete)
                return default;
            if (result == FrameHeader.ReadResult.Broken || (header.IsCompressed && !MayBeCompressed(header.Opcode)))
                return Refuse(CloseCode.ProtocolError, "malformed frame");

            var payload = left[size..];
            var isHere = payload.Length >= header.Length;
            if (isHere)
                payload = payload[..(int)header.Length];

            if (header.Opcode.IsControl)
            {
                if (!isHere)
                    return default;
                used += size + payload.Length;
                Masking.Apply(payload.Span, header.Mask);
                return ReadControl(header.Opcode, payload);
            }

            if (isHere && IsWholeMessage(header))
            {
                used += size + payload.Length;
                Masking.Apply(payload.Span, header.Mask);
                return Utf8.IsValid(payload.Span) ? new Received(ReceivedKind.Text, payload) : Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
            }

            used += size;
            if (BeginFrame(header) is { } refused)
                return refused;
        }
    }

    /// <summary>Gives back the buffer of the message that is being gathered or was handed out.</summary>
    public void Release()
    {
        Pooled.Return(ref gathered);
        length = 0;
    }

    private bool MayBeCompressed(Opcode opcode) => deflate && opcode is Opcode.Text or Opcode.Binary;

    /// <summary>The usual case, which needs no gathering.</summary>
    private bool IsWholeMessage(FrameHeader header) =>
        header is { Opcode: Opcode.Text, IsFinal: true, IsCompressed: false }
        && !inMessage
        && !skipping
        && header.Length <= options.EffectiveMessageBytes;

    private static Received ReadControl(Opcode opcode, ReadOnlyMemory<byte> payload)
    {
        if (opcode != Opcode.Close)
            return new Received(opcode == Opcode.Ping ? ReceivedKind.Ping : ReceivedKind.Pong, payload);
        return ClosePayload.TryRead(payload.Span, out var code)
            ? new Received(ReceivedKind.Close, Code: code)
            : new Received(ReceivedKind.Broken, Code: code, Reason: "invalid close frame");
    }

    private Received? BeginFrame(FrameHeader header)
    {
        inFrame = true;
        isFinal = header.IsFinal;
        mask = header.Mask;
        frameLeft = header.Length;
        if (skipping)
            return null;

        if ((header.Opcode == Opcode.Continuation) != inMessage)
            return Refuse(CloseCode.ProtocolError, "fragments out of order");
        if (header.Opcode == Opcode.Binary)
            return Refuse(CloseCode.Protocol, "binary frame");

        if (!inMessage)
            BeginMessage(header.IsCompressed);

        if (header.Length > options.EffectiveDrainBytes - announced)
            return Refuse(CloseCode.MessageTooBig, "message too big");
        announced += header.Length;

        // An oversize message is known from its headers, before any of what exceeds has come.
        long limit = options.EffectiveMessageBytes;
        if (!isOversize && announced > (isCompressed ? Deflate.LargestFor(limit) : limit))
        {
            isOversize = true;
            KeepHead();
        }

        return null;
    }

    private void BeginMessage(bool isCompressed)
    {
        inMessage = true;
        this.isCompressed = isCompressed;
        isOversize = false;
        announced = 0;
        utf8 = default;
    }

    private bool TryContinueFrame(Span<byte> piece)
    {
        frameLeft -= piece.Length;
        if (skipping)
            return true;

        mask = Masking.Apply(piece, mask);
        if (isOversize)
            piece = piece[..Math.Min(piece.Length, HeadBytes - length)];
        else if (!isCompressed && !utf8.Append(piece))
            return false;

        Gather(piece);
        return true;
    }

    private void Gather(ReadOnlySpan<byte> piece)
    {
        // Room is made for what has come, not for what was announced.
        if (gathered is null)
            gathered = Pooled.Rent(Math.Max(FirstGatheredBytes, piece.Length));
        else if (piece.Length > gathered.Length - length)
            Pooled.Resize(ref gathered, length, Math.Max(length + piece.Length, (int)Math.Min(Array.MaxLength, 2L * length)));

        piece.CopyTo(gathered.AsSpan(length));
        length += piece.Length;
    }

    private void KeepHead()
    {
        if (length <= HeadBytes)
            return;
        length = HeadBytes;
        Pooled.Resize(ref gathered!, HeadBytes, HeadBytes);
    }

    private Received EndMessage()
    {
        inMessage = false;
        if (isCompressed)
            return EndCompressed();
        if (isOversize)
            return new Received(ReceivedKind.Oversize, Gathered);
        return utf8.IsComplete ? new Received(ReceivedKind.Text, Gathered) : Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
    }

    private Received EndCompressed()
    {
        Gather(Deflate.Ending);
        var limit = isOversize ? HeadBytes : options.EffectiveMessageBytes;
        var found = Deflate.Inflate(gathered!, length, limit, out var inflated);
        Pooled.Return(ref gathered);
        gathered = inflated;
        length = found ?? 0;

        if (isOversize || found > limit)
        {
            length = Math.Min(length, HeadBytes);
            return new Received(ReceivedKind.Oversize, Gathered);
        }

        if (found is null)
            return Refuse(CloseCode.InvalidPayload, "invalid compression");
        return Utf8.IsValid(Gathered.Span) ? new Received(ReceivedKind.Text, Gathered) : Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
    }

    private ReadOnlyMemory<byte> Gathered => gathered.AsMemory(0, length);

    private Received Refuse(CloseCode code, string reason)
    {
        skipping = true;
        inMessage = false;
        return new Received(ReceivedKind.Broken, Code: code, Reason: reason);
    }
}
