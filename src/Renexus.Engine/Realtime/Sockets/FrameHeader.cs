using System.Buffers.Binary;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>The head of a client's frame (RFC 6455, 5.2), and the writing of our own.</summary>
/// <param name="IsFinal">The last frame of its message.</param>
/// <param name="IsCompressed">RSV1: the message that begins here is deflated.</param>
/// <param name="Mask">The masking key as it lies in memory.</param>
internal readonly record struct FrameHeader(bool IsFinal, bool IsCompressed, Opcode Opcode, long Length, uint Mask)
{
    public const int MaxControlPayload = 125;

    /// <summary>The longest header of a client's frame.</summary>
    public const int MaxSize = 14;

    private const byte Final = 0x80;
    private const byte Rsv1 = 0x40;
    private const byte Rsv2And3 = 0x30;
    private const byte Masked = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;
    private const int MaskSize = 4;

    public enum ReadResult
    {
        Incomplete,
        Broken,
        Complete,
    }

    /// <summary>Reads the header at the beginning of <paramref name="bytes"/>; broken as soon as what is there cannot become one.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header, out int size)
    {
        header = default;
        size = 0;
        if (bytes.IsEmpty)
            return ReadResult.Incomplete;

        var opcode = (Opcode)(bytes[0] & 0x0F);
        var isFinal = (bytes[0] & Final) != 0;
        if ((bytes[0] & Rsv2And3) != 0 || opcode.IsReserved || (opcode.IsControl && !isFinal))
            return ReadResult.Broken;
        if (bytes.Length < 2)
            return ReadResult.Incomplete;

        var shortLength = bytes[1] & 0x7F;
        if ((bytes[1] & Masked) == 0 || (opcode.IsControl && shortLength > MaxControlPayload))
            return ReadResult.Broken;

        var maskAt = shortLength switch { Length16 => 4, Length64 => 10, _ => 2 };
        if (bytes.Length < maskAt + MaskSize)
            return ReadResult.Incomplete;

        var length = shortLength switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => shortLength,
        };

        // Lengths take the shortest form that fits; a negative one (64 bits) fits none.
        if (SizeFor(length) != maskAt)
            return ReadResult.Broken;

        header = new FrameHeader(isFinal, (bytes[0] & Rsv1) != 0, opcode, length, BitConverter.ToUInt32(bytes[maskAt..]));
        size = maskAt + MaskSize;
        return ReadResult.Complete;
    }

    /// <summary>The size of an unmasked header in front of <paramref name="length"/> bytes.</summary>
    public static int SizeFor(long length) => length switch { < Length16 => 2, <= ushort.MaxValue => 4, _ => 10 };

    /// <summary>Writes the header of a whole message in one frame, as a server does: unmasked.</summary>
    public static void Write(Span<byte> destination, Opcode opcode, int length, bool compressed = false)
    {
        destination[0] = (byte)(Final | (compressed ? Rsv1 : 0) | (byte)opcode);
        switch (SizeFor(length))
        {
            case 2:
                destination[1] = (byte)length;
                break;
            case 4:
                destination[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
                break;
            default:
                destination[1] = Length64;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
                break;
        }
    }
}
