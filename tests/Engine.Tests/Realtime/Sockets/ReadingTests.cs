using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

public sealed class ReadingTests
{
    [Theory, Trait("spec", "SK3")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(102_400)]
    public async Task SK3_text_of_any_length_arrives_as_it_was_sent(int length)
    {
        await using var socket = new SocketTest();
        var text = Texts.OfLength(length);
        await socket.Client.SendTextAsync(text);
        Assert.Equal(text, await socket.NextTextAsync());
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK3")]
    public async Task SK3_a_message_in_single_bytes_and_in_fragments_arrives_whole()
    {
        await using var socket = new SocketTest();
        const string text = "κόσμε €𝄞 fragmented";
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var frame = RawSocket.Frame(
                i == 0 ? RawSocket.TextFrame : RawSocket.Continuation, bytes.AsSpan(i, 1), isFinal: i == bytes.Length - 1);
            foreach (var one in frame)
            {
                await socket.Client.SendAsync(new[] { one });
                await socket.Duplex.ServerIsIdleAsync();
            }
        }

        Assert.Equal(text, await socket.NextTextAsync());
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK3")]
    public async Task SK3_empty_fragments_are_fragments()
    {
        await using var socket = new SocketTest();
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, [], isFinal: false));
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, "\"x\""u8, isFinal: false));
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, []));
        Assert.Equal("\"x\"", await socket.NextTextAsync());
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK3")]
    public async Task SK3_the_next_message_waits_for_the_handler()
    {
        await using var socket = new SocketTest(run: false);
        var release = new TaskCompletionSource();
        socket.Handler.OnText = text => text is "1" ? new ValueTask(release.Task) : ValueTask.CompletedTask;
        socket.Run(TestContext.Current.CancellationToken);

        await socket.Client.SendAsync((byte[])[.. RawSocket.Frame(RawSocket.TextFrame, "1"u8), .. RawSocket.Frame(RawSocket.TextFrame, "2"u8)]);
        Assert.Equal("1", await socket.NextTextAsync());
        Assert.False(socket.Handler.Texts.Reader.TryPeek(out _));

        release.SetResult();
        Assert.Equal("2", await socket.NextTextAsync());
    }

    [Fact, Trait("spec", "SK4")]
    public async Task SK4_a_ping_between_fragments_is_answered_before_the_message_ends()
    {
        await using var socket = new SocketTest();
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, "\"a"u8, isFinal: false));
        await client.SendAsync(RawSocket.Frame(RawSocket.PingFrame, "still there?"u8));

        var pong = await socket.NextFrameAsync();
        Assert.Equal((RawSocket.PongFrame, "still there?"), (pong.Opcode, pong.Text));

        await client.SendAsync(RawSocket.Frame(RawSocket.PongFrame, "unasked"u8));
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, "b\""u8));
        Assert.Equal("\"ab\"", await socket.NextTextAsync());
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK4")]
    public async Task SK4_pings_that_come_together_are_all_answered_in_order()
    {
        await using var socket = new SocketTest();
        var client = socket.Client;
        var payloads = Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), i * 12)).ToArray();
        await client.SendAsync(payloads.SelectMany(payload => RawSocket.Frame(RawSocket.PingFrame, Encoding.UTF8.GetBytes(payload))).ToArray());
        foreach (var payload in payloads)
            Assert.Equal(payload, (await socket.NextFrameAsync()).Text);
    }

    [Fact, Trait("spec", "SK4")]
    public async Task SK4_sixty_pings_a_minute_are_answered_and_the_next_closes_with_4005()
    {
        await using var socket = new SocketTest();
        var ping = RawSocket.Frame(RawSocket.PingFrame, []);
        for (var minute = 0; minute < 2; minute++)
        {
            for (var i = 0; i < 60; i++)
            {
                await socket.Client.SendAsync(ping);
                Assert.Equal(RawSocket.PongFrame, (await socket.NextFrameAsync()).Opcode);
            }

            if (minute == 0)
                socket.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await socket.Client.SendAsync(ping);
        await socket.ExpectCloseAsync(CloseCode.Rate);
    }

    public static TheoryData<string, byte[]> BrokenFraming()
    {
        var data = new TheoryData<string, byte[]>
        {
            { "unmasked text", RawSocket.Frame(RawSocket.TextFrame, "{}"u8, isMasked: false) },
            { "unmasked ping", RawSocket.Frame(RawSocket.PingFrame, [], isMasked: false) },
            { "RSV1 without compression", RawSocket.Frame(RawSocket.TextFrame, "{}"u8, reserved: 0x40) },
            { "RSV2", RawSocket.Frame(RawSocket.TextFrame, "{}"u8, reserved: 0x20) },
            { "RSV3", RawSocket.Frame(RawSocket.TextFrame, "{}"u8, reserved: 0x10) },
            { "RSV1 on a ping", RawSocket.Frame(RawSocket.PingFrame, [], reserved: 0x40) },
            { "RSV1 on a close", RawSocket.Frame(RawSocket.CloseFrame, [], reserved: 0x40) },
            { "a ping in fragments", RawSocket.Frame(RawSocket.PingFrame, [], isFinal: false) },
            { "a close in fragments", RawSocket.Frame(RawSocket.CloseFrame, [], isFinal: false) },
            { "a ping of 126 bytes", RawSocket.Frame(RawSocket.PingFrame, new byte[126]) },
            { "a close of 126 bytes", RawSocket.Frame(RawSocket.CloseFrame, [3, 232, .. new byte[124]]) },
            { "a continuation of nothing", RawSocket.Frame(RawSocket.Continuation, "{}"u8) },
            { "an unfinished continuation of nothing", RawSocket.Frame(RawSocket.Continuation, "{}"u8, isFinal: false) },
            { "a message inside a message", [.. RawSocket.Frame(RawSocket.TextFrame, "1"u8, isFinal: false), .. RawSocket.Frame(RawSocket.TextFrame, "2"u8)] },
            { "binary inside a message", [.. RawSocket.Frame(RawSocket.TextFrame, "1"u8, isFinal: false), .. RawSocket.Frame(RawSocket.BinaryFrame, "2"u8)] },
            { "a continuation after the end", [.. RawSocket.Frame(RawSocket.PongFrame, []), .. RawSocket.Frame(RawSocket.Continuation, "2"u8)] },
            { "a length of 5 in 16 bits", [0x81, 0x80 | 126, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0] },
            { "a length of 300 in 64 bits", [0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 1, 44, 1, 2, 3, 4] },
            { "a negative length", [0x81, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4] },
        };
        foreach (byte opcode in (byte[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
            data.Add($"reserved opcode {opcode}", RawSocket.Frame(opcode, "{}"u8));
        return data;
    }

    [Theory, Trait("spec", "SK5")]
    [MemberData(nameof(BrokenFraming))]
    public async Task SK5_broken_framing_closes_with_1002(string what, byte[] bytes)
    {
        await using var socket = new SocketTest();
        await socket.Client.SendTextAsync($"\"{what}\"");
        await socket.Client.SendAsync(bytes);
        Assert.Equal($"\"{what}\"", await socket.NextTextAsync());
        await socket.ExpectCloseAsync(CloseCode.ProtocolError);
        Assert.False(socket.Handler.Texts.Reader.TryRead(out _));
    }

    [Theory, Trait("spec", "SK6")]
    [InlineData("80")]
    [InlineData("BF")]
    [InlineData("C0AF")] // overlong
    [InlineData("C1BF")]
    [InlineData("E08080")]
    [InlineData("E09FBF")]
    [InlineData("F0808080")]
    [InlineData("F08FBFBF")]
    [InlineData("EDA080")] // surrogates
    [InlineData("EDBFBF")]
    [InlineData("EDA080EDB080")]
    [InlineData("F4908080")] // over U+10FFFF
    [InlineData("F5808080")]
    [InlineData("F888808080")]
    [InlineData("FC8480808080")]
    [InlineData("FE")]
    [InlineData("FF")]
    [InlineData("C3")] // cut short
    [InlineData("E282")]
    [InlineData("F09D84")]
    [InlineData("C328")] // interrupted
    [InlineData("E28228")]
    [InlineData("F09D8428")]
    public async Task SK6_invalid_utf8_closes_with_1007_however_it_is_cut(string hex)
    {
        byte[] bytes = [.. "κόσμε "u8, .. Convert.FromHexString(hex)];
        for (var cut = -1; cut <= bytes.Length; cut++)
        {
            await using var socket = new SocketTest();
            var client = socket.Client;
            await client.SendAsync(cut < 0
                ? RawSocket.Frame(RawSocket.TextFrame, bytes)
                : [.. RawSocket.Frame(RawSocket.TextFrame, bytes.AsSpan(0, cut), isFinal: false), .. RawSocket.Frame(RawSocket.Continuation, bytes.AsSpan(cut))]);
            await socket.ExpectCloseAsync(CloseCode.InvalidPayload);
        }
    }

    [Theory, Trait("spec", "SK6")]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5")] // κόσμε
    [InlineData("00")]
    [InlineData("7F")]
    [InlineData("C280")]
    [InlineData("DFBF")]
    [InlineData("E0A080")]
    [InlineData("ED9FBF")]
    [InlineData("EE8080")]
    [InlineData("EFBFBD")]
    [InlineData("EFBFBE")] // U+FFFE and U+FFFF are no characters, but valid
    [InlineData("EFBFBF")]
    [InlineData("F0908080")]
    [InlineData("F48FBFBF")]
    public async Task SK6_valid_utf8_passes_however_it_is_cut(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        await using var socket = new SocketTest();
        var client = socket.Client;
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, bytes.AsSpan(..first), isFinal: false));
                await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, bytes.AsSpan(first..second), isFinal: false));
                await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, bytes.AsSpan(second..)));
                Assert.Equal(Encoding.UTF8.GetString(bytes), await socket.NextTextAsync());
            }
        }
    }

    [Fact, Trait("spec", "SK6")]
    public async Task SK6_a_bad_byte_is_noticed_before_the_message_ends()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, [0xF4, 0x90], isFinal: false));
        await socket.ExpectCloseAsync(CloseCode.InvalidPayload);
    }

    [Fact, Trait("spec", "SK7")]
    public async Task SK7_a_binary_message_closes_with_4501()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.BinaryFrame, [1, 2, 3]));
        await socket.ExpectCloseAsync(CloseCode.Protocol);
    }

    [Fact, Trait("spec", "SK11")]
    public async Task SK11_all_that_comes_is_a_sign_of_life()
    {
        await using var socket = new SocketTest();
        var before = socket.Connection.LastReceived;
        socket.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(before, socket.Connection.LastReceived);

        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.PongFrame, []));
        await socket.Duplex.ServerIsIdleAsync();
        Assert.Equal(TimeSpan.FromSeconds(40), socket.Clock.GetElapsedTime(before, socket.Connection.LastReceived));
    }

    [Fact, Trait("spec", "SK11")]
    public async Task SK11_while_nothing_comes_no_buffer_is_held()
    {
        using var pool = new CountingPool();
        var incoming = new Pipe(new PipeOptions(pool));
        var outgoing = new Pipe();
        var handler = new Recorder();
        var connection = new SocketConnection(new Ends(incoming.Reader, outgoing.Writer), () => { }, new SocketOptions(), TimeProvider.System);
        var running = connection.RunAsync(handler, TestContext.Current.CancellationToken);

        await incoming.Writer.WriteAsync(RawSocket.Frame(RawSocket.TextFrame, "\"first\""u8), TestContext.Current.CancellationToken);
        Assert.Equal("\"first\"", await SocketTest.Soon(handler.Texts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()));
        await Eventually.TrueAsync("what was read is given back", TimeSpan.FromSeconds(60), () => pool.Rented == 0);

        await incoming.Writer.CompleteAsync();
        await SocketTest.Soon(running);
    }

    /// <summary>The transport's buffers end where they like: in a header, a length, a mask, a control frame.</summary>
    [Theory, Trait("spec", "SK3")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(17)]
    public async Task SK3_what_lies_in_many_small_buffers_arrives_whole(int size)
    {
        var incoming = new Pipe(new PipeOptions(new CountingPool(size), minimumSegmentSize: 1));
        var outgoing = new Pipe();
        var handler = new Recorder();
        var connection = new SocketConnection(new Ends(incoming.Reader, outgoing.Writer), () => { }, new SocketOptions(), TimeProvider.System);
        var text = Texts.OfLength(300);
        byte[] all =
        [
            .. RawSocket.Frame(RawSocket.TextFrame, "1"u8), .. RawSocket.Frame(RawSocket.PingFrame, "are you there?"u8),
            .. RawSocket.Frame(RawSocket.TextFrame, Encoding.UTF8.GetBytes(text)), .. RawSocket.Frame(RawSocket.CloseFrame, [0x03, 0xE8]),
        ];
        foreach (var piece in all.Chunk(size))
        {
            piece.CopyTo(incoming.Writer.GetMemory(piece.Length));
            incoming.Writer.Advance(piece.Length);
        }
        await incoming.Writer.FlushAsync(TestContext.Current.CancellationToken);

        await SocketTest.Soon(connection.RunAsync(handler, TestContext.Current.CancellationToken));
        Assert.Equal("1", await handler.Texts.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(text, await handler.Texts.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CloseCode.Normal, await handler.Closed.Task);
        await outgoing.Writer.CompleteAsync();
        var answer = await outgoing.Reader.ReadAtLeastAsync(int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Contains("are you there?", Encoding.ASCII.GetString(answer.Buffer), StringComparison.Ordinal);
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Knows how many of its buffers, each of the same size, have not come back.</summary>
    private sealed class CountingPool(int size = 4_096) : MemoryPool<byte>
    {
        private int rented;

        public int Rented => Volatile.Read(ref rented);

        public override int MaxBufferSize => size;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            Interlocked.Increment(ref rented);
            return new Buffer(this, new byte[size]);
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Buffer(CountingPool pool, byte[] bytes) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => bytes;

            public void Dispose() => Interlocked.Decrement(ref pool.rented);
        }
    }
}
