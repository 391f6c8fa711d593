using System.Buffers;
using System.Text;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

/// <summary>
/// Random conversations: messages of random sizes cut into random frames with control frames between them, sent in random pieces.
/// The seed is in the test's name; a failure repeats with it.
/// </summary>
public sealed class FragmentationTests
{
    private const int Limit = 3_000;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory, Trait("spec", "SK3")]
    [MemberData(nameof(Seeds))]
    public async Task SK3_what_was_sent_arrives_once_in_order_however_it_was_cut(int seed)
    {
        var random = new Random(seed);
        var conversation = new Conversation(random);
        for (var i = 0; i < 60; i++)
            conversation.Add();

        var deflate = seed % 2 == 0;
        await using var socket = new SocketTest(new SocketOptions { MessageBytes = Limit, PingsPerMinute = 0 }, deflate, capacity: random.Next(50, 20_000));
        var receiving = ReceiveAsync(socket, conversation);
        foreach (var piece in Cut(conversation.Bytes, random))
            await socket.Client.SendAsync(piece);

        await receiving;
        await SocketTest.Soon(socket.Duplex.ServerIsIdleAsync());
        Assert.False(socket.Handler.Texts.Reader.TryRead(out _));
        Assert.False(socket.Handler.Oversize.Reader.TryRead(out _));
        await socket.ExpectAliveAsync();
    }

    /// <summary>Whatever a client does, the connection ends or goes on; it neither fails nor hangs.</summary>
    [Theory, Trait("spec", "SK5")]
    [MemberData(nameof(Seeds))]
    public async Task SK5_damaged_bytes_are_refused_or_taken_but_never_break_the_server(int seed)
    {
        var random = new Random(seed);
        var conversation = new Conversation(random);
        for (var i = 0; i < 20; i++)
            conversation.Add();
        var bytes = conversation.Bytes.ToArray();
        for (var damage = random.Next(1, 20); damage > 0; damage--)
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));

        await using var socket = new SocketTest(
            new SocketOptions { MessageBytes = Limit, DrainBytes = 2 * Limit }, deflate: seed % 2 == 0, capacity: 1_000_000);
        foreach (var piece in Cut(bytes, random))
            await socket.Client.SendAsync(piece);
        await SocketTest.Soon(Task.WhenAny(socket.Duplex.ServerIsIdleAsync(), socket.Running));
        await socket.Client.DisposeAsync();
        await SocketTest.Soon(socket.Running);
        await SocketTest.Soon(socket.Handler.Closed.Task);
    }

    private static async Task ReceiveAsync(SocketTest socket, Conversation conversation)
    {
        foreach (var text in conversation.Taken)
            Assert.Equal(text, await socket.NextTextAsync());
        foreach (var head in conversation.Dropped)
            Assert.Equal(head, await SocketTest.Soon(socket.Handler.Oversize.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()));
        foreach (var ping in conversation.Pings)
        {
            var pong = await socket.NextFrameAsync();
            Assert.Equal(RawSocket.PongFrame, pong.Opcode);
            Assert.Equal(ping, pong.Payload);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> bytes, Random random)
    {
        while (!bytes.IsEmpty)
        {
            var length = Math.Min(bytes.Length, random.Next(4) switch { 0 => 1, 1 => random.Next(1, 20), 2 => random.Next(1, 500), _ => random.Next(1, 10_000) });
            yield return bytes[..length];
            bytes = bytes[length..];
        }
    }

    /// <summary>Bytes to send and what they must lead to.</summary>
    private sealed class Conversation(Random random)
    {
        private static readonly string[] Characters = ["a", "é", "€", "𝄞", "\"", "\u0000", "\uFFFF", "z"];

        private readonly ArrayBufferWriter<byte> bytes = new();

        public ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

        public List<string> Taken { get; } = [];

        public List<string> Dropped { get; } = [];

        public List<byte[]> Pings { get; } = [];

        public void Add()
        {
            var payload = Encoding.UTF8.GetBytes(Text());
            if (payload.Length <= Limit)
                Taken.Add(Encoding.UTF8.GetString(payload));
            else
                Dropped.Add(Encoding.UTF8.GetString(payload.AsSpan(0, 1024)));
            AddFrames(payload);
        }

        private string Text()
        {
            var length = random.Next(10) switch { 0 => 0, < 6 => random.Next(200), < 9 => random.Next(Limit / 2), _ => random.Next(2 * Limit) };
            return string.Concat(Enumerable.Range(0, length).Select(_ => Characters[random.Next(Characters.Length)]));
        }

        private void AddFrames(ReadOnlySpan<byte> payload)
        {
            var frames = random.Next(3) == 0 ? random.Next(1, 12) : 1;
            for (var i = 0; i < frames; i++)
            {
                var length = i == frames - 1 ? payload.Length : random.Next(payload.Length + 1);
                bytes.Write(RawSocket.Frame(i == 0 ? RawSocket.TextFrame : RawSocket.Continuation, payload[..length], isFinal: i == frames - 1));
                payload = payload[length..];
                if (random.Next(6) == 0)
                    AddControl();
            }
        }

        private void AddControl()
        {
            var payload = new byte[random.Next(126)];
            random.NextBytes(payload);
            if (random.Next(2) == 0)
            {
                bytes.Write(RawSocket.Frame(RawSocket.PongFrame, payload));
                return;
            }

            Pings.Add(payload);
            bytes.Write(RawSocket.Frame(RawSocket.PingFrame, payload));
        }
    }
}
