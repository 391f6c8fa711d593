using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Renexus.Bare;

/// <summary>Who hears what, in the words of bench/Peers/ordinary/rooms.mjs.</summary>
internal sealed class Rooms(RowWriter rows)
{
    private const int LongestFrame = 128 * 1024;

    private readonly ConcurrentDictionary<Guid, Room> rooms = new();

    public long VersionOf(Guid thread) => rooms.TryGetValue(thread, out var room) ? room.Version : 0;

    /// <summary>Until it is closed.</summary>
    /// <param name="stream">Below the socket: what is said goes there, past it.</param>
    public async Task ServeAsync(WebSocket socket, Stream stream, CancellationToken cancellationToken)
    {
        var member = new Member(stream);
        var joined = Array.Empty<Room>();
        try
        {
            while (await ReadAsync(socket, cancellationToken) is { } frame)
            {
                using (frame.Text)
                {
                    if (frame.Text.RootElement.GetProperty("type").ValueEquals("hello"))
                        joined = Join(member, frame.Text.RootElement);
                    else
                        Post(member, frame.Text.RootElement);
                }
                ArrayPool<byte>.Shared.Return(frame.Buffer);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // It went without a word.
        }
        finally
        {
            foreach (var room in joined)
                room.Leave(member);
        }
    }

    /// <returns>What came, in a buffer to be given back; null at the end.</returns>
    private static async Task<(JsonDocument Text, byte[] Buffer)?> ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        // Whoever is silent holds no buffer.
        await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(LongestFrame);
        for (var filled = 0; ;)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            filled += part.Count;
            if (part.MessageType != WebSocketMessageType.Text)
                return null;
            if (part.EndOfMessage)
                return (JsonDocument.Parse(buffer.AsMemory(0, filled)), buffer);
        }
    }

    private Room[] Join(Member member, JsonElement hello)
    {
        Room[] joined = [.. hello.GetProperty("threads").EnumerateArray().Select(thread => rooms.GetOrAdd(thread.GetGuid(), _ => new Room()))];
        foreach (var room in joined)
            room.Join(member);
        member.Enqueue(Frame("{\"type\":\"ready\"}"));
        return joined;
    }

    private void Post(Member member, JsonElement message)
    {
        var (id, thread, body) = (message.GetProperty("id").GetString(), message.GetProperty("thread").GetGuid(), message.GetProperty("body").GetString()!);
        _ = PostAsync();

        async Task PostAsync()
        {
            await rows.AddAsync(new Row(Guid.CreateVersion7(), thread, Encoding.UTF8.GetBytes(body)));
            var version = rooms.GetOrAdd(thread, _ => new Room()).Tell(
                version => Frame($$"""{"type":"message","message":{"id":"{{id}}","threadId":"{{thread}}","body":"{{body}}","version":{{version}} } }"""));
            member.Enqueue(Frame($$"""{"type":"ack","id":"{{id}}","version":{{version}}}"""));
        }
    }

    /// <summary>A text as it stands on the wire: not masked, at most 64 KB.</summary>
    private static byte[] Frame(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        byte[] header = length < 126 ? [0x81, (byte)length] : [0x81, 126, (byte)(length >> 8), (byte)length];
        var frame = new byte[header.Length + length];
        header.CopyTo(frame, 0);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(header.Length));
        return frame;
    }

    private sealed class Room
    {
        private readonly Lock gate = new();
        private readonly List<Member> members = [];

        public long Version { get; private set; }

        public void Join(Member member)
        {
            lock (gate)
                members.Add(member);
        }

        public void Leave(Member member)
        {
            lock (gate)
                members.Remove(member);
        }

        /// <summary>A frame is made once, for all.</summary>
        public long Tell(Func<long, byte[]> frame)
        {
            lock (gate)
            {
                var bytes = frame(++Version);
                foreach (var member in members)
                    member.Enqueue(bytes);
                return Version;
            }
        }
    }

    /// <summary>Writes all that waits at once: what one send of the kernel costs bounds the rest.</summary>
    private sealed class Member(Stream stream)
    {
        private readonly Lock gate = new();
        private List<byte[]> waiting = [];
        private bool isSending;

        public void Enqueue(byte[] frame)
        {
            lock (gate)
            {
                waiting.Add(frame);
                if (isSending)
                    return;
                isSending = true;
            }
            _ = Task.Run(SendAsync);
        }

        private async Task SendAsync()
        {
            try
            {
                while (Take() is { } frames)
                {
                    var length = frames.Sum(static frame => frame.Length);
                    var buffer = ArrayPool<byte>.Shared.Rent(length);
                    var filled = 0;
                    foreach (var frame in frames)
                    {
                        frame.CopyTo(buffer, filled);
                        filled += frame.Length;
                    }
                    await stream.WriteAsync(buffer.AsMemory(0, length));
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Whoever receives sees to the rest.
            }
        }

        private List<byte[]>? Take()
        {
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    isSending = false;
                    return null;
                }
                var taken = waiting;
                waiting = [];
                return taken;
            }
        }
    }
}
