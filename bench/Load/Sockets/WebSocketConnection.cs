using System.Buffers.Binary;
using System.Net;
using System.Text;
using Renexus.Load.Wires;

namespace Renexus.Load.Sockets;

/// <summary>
/// A WebSocket: upgrade, greeting, frames. It keeps to the protocol, but neither reconnects nor allocates: <c>Renexus.Client</c> on thousands
/// of sockets would measure itself.
/// </summary>
internal sealed class WebSocketConnection(IWire wire, IWireSink sink) : RawConnection
{
    private const int HeaderSize = 8;

    private IGreeting greeting = null!;
    private bool isUpgraded;

    public override bool IsReady => isUpgraded && greeting.IsDone;

    /// <summary>Connects and sends the upgrade; the answer comes through the loop.</summary>
    public void Open(IPEndPoint server, Login login, IReadOnlyList<Guid> threads)
    {
        Connect(server);
        greeting = wire.Greet(login, threads);
        var key = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        var subprotocol = wire.Subprotocol is { } name ? $"Sec-WebSocket-Protocol: {name}\r\n" : "";
        Enqueue(Encoding.ASCII.GetBytes(
            $"GET {wire.Path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{subprotocol}\r\n"));
        Flush();
    }

    /// <summary>A complete text frame. The mask is zero, which the protocol allows and the server unmasks all the same.</summary>
    public static byte[] EncodeFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > ushort.MaxValue)
            throw new ArgumentException("The generator sends at most 64 KB at once.", nameof(payload));

        var isShort = payload.Length < 126;
        var frame = new byte[payload.Length + (isShort ? HeaderSize - 2 : HeaderSize)];
        frame[0] = 0x81;
        frame[1] = (byte)(0x80 | (isShort ? payload.Length : 126));
        if (!isShort)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        payload.CopyTo(frame.AsSpan(frame.Length - payload.Length));
        return frame;
    }

    protected override int Consume(ReadOnlySpan<byte> bytes)
    {
        if (!isUpgraded && !TryUpgrade(ref bytes))
            return bytes.Length;

        while (TryReadFrame(ref bytes, out var opcode, out var payload))
        {
            if (opcode == 0x1)
                OnText(payload);
            else if (opcode == 0x8)
                throw new IOException($"The server closed connection {Index}: {Describe(payload)}");
            else if (opcode == 0x9)
                Enqueue([0x8A, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]);
        }

        return bytes.Length;
    }

    private bool TryUpgrade(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        if (!bytes.StartsWith("HTTP/1.1 101"u8))
            throw new IOException($"The server did not upgrade: {Encoding.UTF8.GetString(bytes)}");

        isUpgraded = true;
        bytes = bytes[(end + 4)..];
        if (greeting.First is { } first)
            Enqueue(EncodeFrame(first));
        return true;
    }

    private static bool TryReadFrame(ref ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (bytes.Length < 2)
            return false;

        var header = 2;
        long length = bytes[1] & 0x7F;
        if (length == 126)
        {
            header = 4;
            if (bytes.Length < header)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            header = 10;
            if (bytes.Length < header)
                return false;
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }

        if (bytes.Length < header + length)
            return false;

        opcode = bytes[0] & 0x0F;
        payload = bytes.Slice(header, (int)length);
        bytes = bytes[(header + (int)length)..];
        return true;
    }

    private void OnText(ReadOnlySpan<byte> text)
    {
        if (greeting.IsDone)
            wire.Read(this, text, sink);
        else if (greeting.Answer(text) is { } answer)
            Enqueue(EncodeFrame(answer));
    }

    private static string Describe(ReadOnlySpan<byte> payload) => payload.Length < 2
        ? "without a code"
        : $"{BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}";
}
