using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Renexus.Testing;

/// <summary>One frame as it came from a server.</summary>
public sealed record RawFrame(bool IsFinal, bool Rsv1, byte Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; null when it has none.</summary>
    public int? CloseCode => Payload.Length < 2 ? null : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string CloseReason => Encoding.UTF8.GetString(Payload.AsSpan(2));
}

/// <summary>A WebSocket client that makes every frame by hand, also those that no client should send.</summary>
public sealed class RawSocket(Stream stream) : IAsyncDisposable
{
    public const byte Continuation = 0x0;
    public const byte TextFrame = 0x1;
    public const byte BinaryFrame = 0x2;
    public const byte CloseFrame = 0x8;
    public const byte PingFrame = 0x9;
    public const byte PongFrame = 0xA;

    private const byte Final = 0x80;
    private const byte Masked = 0x80;

    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    public Stream Stream => stream;

    /// <summary>Opens a socket over TCP.</summary>
    /// <param name="headers">Further lines of the request, as <c>Origin: …</c>.</param>
    /// <returns>The socket and the server's answer, status line and headers, which may as well be a refusal.</returns>
    public static async Task<(RawSocket Socket, string Answer)> ConnectAsync(Uri address, string headers, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        var stream = client.GetStream();
        var request = $"""
            GET {address.PathAndQuery} HTTP/1.1
            Host: {address.Authority}
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            {headers.TrimEnd()}
            """;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.TrimEnd().ReplaceLineEndings("\r\n") + "\r\n\r\n"), cancellationToken);

        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancellationToken) == 1)
            answer.Append((char)one[0]);
        return (new RawSocket(stream), answer.ToString());
    }

    /// <summary>The bytes of a frame.</summary>
    /// <param name="reserved">RSV1, 2 and 3 as the bits 0x40, 0x20 and 0x10.</param>
    /// <param name="declared">A length to announce other than the payload's.</param>
    public static byte[] Frame(
        byte opcode, ReadOnlySpan<byte> payload, bool isFinal = true, byte reserved = 0, bool isMasked = true, long? declared = null)
    {
        var length = declared ?? payload.Length;
        var head = new byte[10];
        head[0] = (byte)((isFinal ? Final : 0) | reserved | opcode);
        var size = 2;
        switch (length)
        {
            case < 126:
                head[1] = (byte)length;
                break;
            case <= ushort.MaxValue:
                head[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)length);
                size = 4;
                break;
            default:
                head[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), length);
                size = 10;
                break;
        }

        if (!isMasked)
            return [.. head.AsSpan(0, size), .. payload];

        head[1] |= Masked;
        var body = payload.ToArray();
        for (var i = 0; i < body.Length; i++)
            body[i] ^= Mask[i % Mask.Length];
        return [.. head.AsSpan(0, size), .. Mask, .. body];
    }

    public Task SendTextAsync(string text) => SendAsync(Frame(TextFrame, Encoding.UTF8.GetBytes(text)));

    public Task SendCloseAsync(int? code = 1000, string reason = "")
    {
        if (code is not { } value)
            return SendAsync(Frame(CloseFrame, []));
        return SendAsync(Frame(CloseFrame, [(byte)(value >> 8), (byte)value, .. Encoding.UTF8.GetBytes(reason)]));
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes);

    /// <summary>The next frame; null when the server has ended the connection.</summary>
    public async Task<RawFrame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var head = new byte[10];
        if (await stream.ReadAtLeastAsync(head.AsMemory(0, 2), 2, throwOnEndOfStream: false, cancellationToken) < 2)
            return null;

        long length = head[1] & 0x7F;
        if (length == 126)
        {
            await stream.ReadExactlyAsync(head.AsMemory(2, 2), cancellationToken);
            length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
        }
        else if (length == 127)
        {
            await stream.ReadExactlyAsync(head.AsMemory(2, 8), cancellationToken);
            length = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(2));
        }

        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return new RawFrame((head[0] & Final) != 0, (head[0] & 0x40) != 0, (byte)(head[0] & 0x0F), payload);
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
