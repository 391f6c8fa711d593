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

    // The data frame whose payload is being read.
    private bool _inFrame;
    private bool _isFinal;
    private uint _mask;
    private long _frameLeft;

    // The message to which it belongs.
    private bool _inMessage;
    private bool _isCompressed;
    private bool _isOversize;
    private long _announced;
    private Utf8Validator _utf8;
    private byte[]? _gathered;
    private int _length;

    // A message broke a rule, the framing did not: from here on only the close frame matters.
    private bool _skipping;

    /// <summary>Goes on to the next thing in <paramref name="bytes"/> (unmasked in place); what the last one pointed at is gone.</summary>
    /// <param name="used">How many bytes are done with. The others must come again, with more behind them.</param>
    public Received Read(Memory<byte> bytes, out int used)
    {
        if (!_inMessage)
            Release();

        used = 0;
        while (true)
        {
            var left = bytes[used..];
            if (_inFrame)
            {
                var piece = left[..(int)Math.Min(left.Length, _frameLeft)];
                used += piece.Length;
                if (!TryContinueFrame(piece.Span))
                    return Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
                if (_frameLeft > 0)
                    return default;

                _inFrame = false;
                if (_isFinal && !_skipping)
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
        Pooled.Return(ref _gathered);
        _length = 0;
    }

    private bool MayBeCompressed(Opcode opcode) => deflate && opcode is Opcode.Text or Opcode.Binary;

    /// <summary>The usual case, which needs no gathering.</summary>
    private bool IsWholeMessage(FrameHeader header) =>
        header is { Opcode: Opcode.Text, IsFinal: true, IsCompressed: false }
        && !_inMessage
        && !_skipping
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
        _inFrame = true;
        _isFinal = header.IsFinal;
        _mask = header.Mask;
        _frameLeft = header.Length;
        if (_skipping)
            return null;

        if ((header.Opcode == Opcode.Continuation) != _inMessage)
            return Refuse(CloseCode.ProtocolError, "fragments out of order");
        if (header.Opcode == Opcode.Binary)
            return Refuse(CloseCode.Protocol, "binary frame");

        if (!_inMessage)
            BeginMessage(header.IsCompressed);

        if (header.Length > options.EffectiveDrainBytes - _announced)
            return Refuse(CloseCode.MessageTooBig, "message too big");
        _announced += header.Length;

        // An oversize message is known from its headers, before any of what exceeds has come.
        long limit = options.EffectiveMessageBytes;
        if (!_isOversize && _announced > (_isCompressed ? Deflate.LargestFor(limit) : limit))
        {
            _isOversize = true;
            KeepHead();
        }

        return null;
    }

    private void BeginMessage(bool isCompressed)
    {
        _inMessage = true;
        _isCompressed = isCompressed;
        _isOversize = false;
        _announced = 0;
        _utf8 = default;
    }

    private bool TryContinueFrame(Span<byte> piece)
    {
        _frameLeft -= piece.Length;
        if (_skipping)
            return true;

        _mask = Masking.Apply(piece, _mask);
        if (_isOversize)
            piece = piece[..Math.Min(piece.Length, HeadBytes - _length)];
        else if (!_isCompressed && !_utf8.Append(piece))
            return false;

        Gather(piece);
        return true;
    }

    private void Gather(ReadOnlySpan<byte> piece)
    {
        // Room is made for what has come, not for what was announced.
        if (_gathered is null)
            _gathered = Pooled.Rent(Math.Max(FirstGatheredBytes, piece.Length));
        else if (piece.Length > _gathered.Length - _length)
            Pooled.Resize(ref _gathered, _length, Math.Max(_length + piece.Length, (int)Math.Min(Array.MaxLength, 2L * _length)));

        piece.CopyTo(_gathered.AsSpan(_length));
        _length += piece.Length;
    }

    private void KeepHead()
    {
        if (_length <= HeadBytes)
            return;
        _length = HeadBytes;
        Pooled.Resize(ref _gathered!, HeadBytes, HeadBytes);
    }

    private Received EndMessage()
    {
        _inMessage = false;
        if (_isCompressed)
            return EndCompressed();
        if (_isOversize)
            return new Received(ReceivedKind.Oversize, Gathered);
        return _utf8.IsComplete ? new Received(ReceivedKind.Text, Gathered) : Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
    }

    private Received EndCompressed()
    {
        Gather(Deflate.Ending);
        var limit = _isOversize ? HeadBytes : options.EffectiveMessageBytes;
        var length = Deflate.Inflate(_gathered!, _length, limit, out var inflated);
        Pooled.Return(ref _gathered);
        _gathered = inflated;
        _length = length ?? 0;

        if (_isOversize || length > limit)
        {
            _length = Math.Min(_length, HeadBytes);
            return new Received(ReceivedKind.Oversize, Gathered);
        }

        if (length is null)
            return Refuse(CloseCode.InvalidPayload, "invalid compression");
        return Utf8.IsValid(Gathered.Span) ? new Received(ReceivedKind.Text, Gathered) : Refuse(CloseCode.InvalidPayload, "invalid UTF-8");
    }

    private ReadOnlyMemory<byte> Gathered => _gathered.AsMemory(0, _length);

    private Received Refuse(CloseCode code, string reason)
    {
        _skipping = true;
        _inMessage = false;
        return new Received(ReceivedKind.Broken, Code: code, Reason: reason);
    }
}
