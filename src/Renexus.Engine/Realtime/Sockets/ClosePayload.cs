using System.Buffers.Binary;
using System.Text.Unicode;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>The body of a close frame: nothing, or a code and a reason (RFC 6455, 5.5.1 and 7.4).</summary>
internal static class ClosePayload
{
    private const int MaxReason = FrameHeader.MaxControlPayload - sizeof(ushort);

    /// <summary>Whether the peer's body is valid. If not, <paramref name="code"/> is what to answer, else what the peer said.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CloseCode code)
    {
        if (payload.IsEmpty)
        {
            code = CloseCode.NoCode;
            return true;
        }

        code = CloseCode.ProtocolError;
        if (payload.Length < sizeof(ushort))
            return false;

        var said = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!MayBeSent(said))
            return false;

        var isValid = Utf8.IsValid(payload[sizeof(ushort)..]);
        code = isValid ? (CloseCode)said : CloseCode.InvalidPayload;
        return isValid;
    }

    /// <summary>The frame to send; a reason that is too long is cut between two characters.</summary>
    public static OutboundMessage Frame(CloseCode code, string reason)
    {
        if (code == CloseCode.NoCode)
            return OutboundMessage.Control(Opcode.Close, []);

        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Utf8.FromUtf16(reason, payload.Slice(sizeof(ushort), MaxReason), out _, out var written);
        return OutboundMessage.Control(Opcode.Close, payload[..(sizeof(ushort) + written)]);
    }

    // 1004 is reserved, 1005, 1006 and 1015 never travel, the rest up to 2999 is not given out.
    private static bool MayBeSent(ushort code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
