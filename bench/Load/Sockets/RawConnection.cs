using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Load.Sockets;

/// <summary>
/// One client reduced to its bytes: upgrade, hello, frames. It keeps to the protocol, but neither reconnects nor allocates:
/// <c>Renexus.Client</c> on thousands of sockets would measure itself.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int HeaderSize = 8;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] unsent = [];
    private int unsentLength;
    private byte[] unread = [];
    private int unreadLength;
    private byte[]? pendingHello;
    private int missingSubscriptions;
    private bool upgraded;
    private bool welcomed;

    public int Index { get; init; }

    public int Handle => (int)socket.Handle;

    /// <summary>Welcomed and subscribed to all its channels.</summary>
    public bool IsReady => welcomed && missingSubscriptions == 0;

    public bool HasUnsent => unsentLength > 0;

    /// <summary>Whether the loop waits for the kernel to take more; the loop's own.</summary>
    public bool WatchesWriting { get; set; }

    /// <summary>Connects and sends the upgrade; the answer comes through the loop.</summary>
    public void Open(IPEndPoint server, string token, params ReadOnlySpan<string> channels)
    {
        socket.Connect(server);
        var key = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        SendNow(Encoding.ASCII.GetBytes(
            $"GET /ws HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {CloseCodes.Subprotocol}\r\n\r\n"));

        missingSubscriptions = channels.Length;
        var hello = new RealtimeMessage(
            MessageTypes.Subscribe,
            ChannelNames.Session,
            JsonSerializer.SerializeToElement(
                new HelloPayload { Token = token, Client = "Renexus.Load/1.0", Channels = [.. channels.ToArray().Select(name => new ChannelPosition(name))] },
                ContractsJson.Lenient.HelloPayload),
            Id: Guid.CreateVersion7().ToString());
        pendingHello = EncodeFrame(JsonSerializer.SerializeToUtf8Bytes(hello, ContractsJson.Lenient.RealtimeMessage));
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

    /// <summary>Puts a frame behind what is not sent yet; <see cref="Flush"/> sends all of it at once.</summary>
    public void Enqueue(ReadOnlySpan<byte> frame)
    {
        if (unsent.Length < unsentLength + frame.Length)
            Array.Resize(ref unsent, Math.Max(unsent.Length * 2, unsentLength + frame.Length));
        frame.CopyTo(unsent.AsSpan(unsentLength));
        unsentLength += frame.Length;
    }

    /// <summary>Sends as much as the kernel takes.</summary>
    public void Flush()
    {
        if (unsentLength == 0)
            return;

        var sent = Math.Max(0, Native.Send(Handle, unsent.AsSpan(0, unsentLength)));
        unsentLength -= sent;
        unsent.AsSpan(sent, unsentLength).CopyTo(unsent);
    }

    /// <summary>Takes received bytes apart; what is not a whole frame waits for its rest.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, IFrameSink sink)
    {
        if (unreadLength > 0)
        {
            Keep(bytes);
            var length = unreadLength;
            unreadLength = 0;
            var rest = Consume(unread.AsSpan(0, length), sink);
            unread.AsSpan(length - rest, rest).CopyTo(unread);
            unreadLength = rest;
            return;
        }

        var left = Consume(bytes, sink);
        Keep(bytes[^left..]);
    }

    public void Dispose() => socket.Dispose();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (unread.Length < unreadLength + bytes.Length)
            Array.Resize(ref unread, Math.Max(unread.Length * 2, unreadLength + bytes.Length));
        bytes.CopyTo(unread.AsSpan(unreadLength));
        unreadLength += bytes.Length;
    }

    /// <returns>How many bytes at the end belong to a frame that is not complete.</returns>
    private int Consume(ReadOnlySpan<byte> bytes, IFrameSink sink)
    {
        if (!upgraded && !TryUpgrade(ref bytes))
            return bytes.Length;

        while (TryReadFrame(ref bytes, out var opcode, out var payload))
        {
            if (opcode == 0x1)
                OnText(payload, sink);
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

        upgraded = true;
        bytes = bytes[(end + 4)..];
        Enqueue(pendingHello);
        pendingHello = null;
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

    private void OnText(ReadOnlySpan<byte> payload, IFrameSink sink)
    {
        if (IsReady)
        {
            sink.OnFrame(this, payload);
            return;
        }

        var reader = new Client.Realtime.FrameReader(payload);
        while (reader.TryRead(out var message))
        {
            if (message.Type.SequenceEqual("error"u8))
                throw new IOException($"The server refused connection {Index}: {Encoding.UTF8.GetString(message.Payload)}");
            welcomed |= message.Op.SequenceEqual("welcome"u8);
            if (message.Op.SequenceEqual("subscribed"u8))
                missingSubscriptions--;
        }
    }

    private void SendNow(ReadOnlySpan<byte> bytes)
    {
        Enqueue(bytes);
        Flush();
    }

    private static string Describe(ReadOnlySpan<byte> payload) => payload.Length < 2
        ? "without a code"
        : $"{BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}";
}

/// <summary>Gets the text frames of connections that are ready.</summary>
internal interface IFrameSink
{
    /// <summary>The payload of one frame, valid during the call.</summary>
    void OnFrame(RawConnection connection, ReadOnlySpan<byte> payload);
}
