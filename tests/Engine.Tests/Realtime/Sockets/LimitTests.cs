using System.IO.Compression;
using System.Text;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

/// <summary>The size of what a client sends, plain and compressed.</summary>
public sealed class LimitTests
{
    private const byte Rsv1 = 0x40;

    [Fact, Trait("spec", "SK8")]
    public async Task SK8_102400_bytes_are_taken_and_102401_are_dropped_and_the_socket_lives()
    {
        await using var socket = new SocketTest();
        var largest = Texts.OfLength(102_400);
        await socket.Client.SendTextAsync(largest);
        Assert.Equal(largest, await socket.NextTextAsync());

        await socket.Client.SendTextAsync(largest + "x");
        Assert.Equal(largest[..1024], await NextHeadAsync(socket));
        await socket.ExpectAliveAsync();
    }

    [Theory, Trait("spec", "SK8")]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(50_000)]
    [InlineData(102_400)]
    public async Task SK8_fragments_count_together(int fragment)
    {
        await using var socket = new SocketTest();
        var text = Texts.OfLength(102_401);
        for (var at = 0; at < text.Length; at += fragment)
        {
            var piece = Encoding.UTF8.GetBytes(text[at..Math.Min(text.Length, at + fragment)]);
            await socket.Client.SendAsync(RawSocket.Frame(
                at == 0 ? RawSocket.TextFrame : RawSocket.Continuation, piece, isFinal: at + fragment >= text.Length));
        }

        Assert.Equal(text[..1024], await NextHeadAsync(socket));
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK8")]
    public async Task SK8_a_smaller_limit_hands_out_no_more_than_there_is()
    {
        await using var socket = new SocketTest(new SocketOptions { MessageBytes = 10 });
        await socket.Client.SendTextAsync("01234567890");
        Assert.Equal("01234567890", await NextHeadAsync(socket));
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK8")]
    public async Task SK8_a_limit_of_zero_is_none()
    {
        await using var socket = new SocketTest(new SocketOptions { MessageBytes = 0 });
        var text = Texts.OfLength(12_000_000);
        var sending = socket.Client.SendTextAsync(text);
        Assert.Equal(text, await socket.NextTextAsync());
        await sending;
    }

    [Fact, Trait("spec", "SK8")]
    public async Task SK8_pings_are_answered_while_a_message_is_dropped()
    {
        await using var socket = new SocketTest(new SocketOptions { MessageBytes = 10 });
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, new byte[2000], isFinal: false));
        await client.SendAsync(RawSocket.Frame(RawSocket.PingFrame, "now"u8));
        Assert.Equal("now", (await socket.NextFrameAsync()).Text);
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, new byte[2000]));
        Assert.Equal(1024, (await NextHeadAsync(socket)).Length);
        await socket.ExpectAliveAsync();
    }

    [Theory, Trait("spec", "SK9")]
    [InlineData(10 * 1024 * 1024 + 1)]
    [InlineData(long.MaxValue)]
    public async Task SK9_a_message_far_over_the_limit_closes_with_1009_when_it_is_announced(long announced)
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, "{"u8, declared: announced));
        await socket.ExpectCloseAsync(CloseCode.MessageTooBig);
    }

    [Fact, Trait("spec", "SK9")]
    public async Task SK9_fragments_far_over_the_limit_close_with_1009()
    {
        await using var socket = new SocketTest(new SocketOptions { MessageBytes = 100, DrainBytes = 1_000 });
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, new byte[600], isFinal: false));
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, new byte[401], isFinal: false));
        await socket.ExpectCloseAsync(CloseCode.MessageTooBig);
    }

    [Theory, Trait("spec", "SK10")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(102_400)]
    public async Task SK10_a_compressed_message_is_inflated(int length)
    {
        await using var socket = new SocketTest(deflate: true);
        var text = Texts.OfLength(length);
        var deflated = Deflated(text);
        var client = socket.Client;

        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, deflated, reserved: Rsv1));
        Assert.Equal(text, await socket.NextTextAsync());

        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, deflated.AsSpan(0, deflated.Length / 2), isFinal: false, reserved: Rsv1));
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, deflated.AsSpan(deflated.Length / 2)));
        Assert.Equal(text, await socket.NextTextAsync());

        await client.SendTextAsync(text);
        Assert.Equal(text, await socket.NextTextAsync());
        await socket.ExpectAliveAsync();
    }

    [Theory, Trait("spec", "SK10")]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public async Task SK8_the_limit_counts_what_was_inflated(CompressionLevel level)
    {
        await using var socket = new SocketTest(deflate: true);
        var noise = Texts.Noise(seed: 17, 102_400);

        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, Deflated(noise, level), reserved: Rsv1));
        Assert.Equal(noise, await socket.NextTextAsync());

        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, Deflated(noise + "x", level), reserved: Rsv1));
        Assert.Equal(noise[..1024], await NextHeadAsync(socket));
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK10")]
    public async Task SK10_a_decompression_bomb_is_inflated_no_further_than_the_limit()
    {
        await using var socket = new SocketTest(deflate: true);
        var bomb = Deflated(new string('a', 50_000_000));
        Assert.InRange(bomb.Length, 1, 102_400);

        // What follows is not deflate, so inflating all of it would be refused.
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, [.. bomb, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], reserved: Rsv1));
        Assert.Equal(new string('a', 1024), await NextHeadAsync(socket));
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK10")]
    public async Task SK10_what_is_too_large_even_compressed_still_shows_its_head()
    {
        await using var socket = new SocketTest(deflate: true);
        var noise = Texts.Noise(seed: 5, 300_000);
        var sending = socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, Deflated(noise), reserved: Rsv1));
        Assert.StartsWith(await NextHeadAsync(socket), noise, StringComparison.Ordinal);
        await sending;
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK10")]
    public async Task SK10_a_stream_that_ends_with_a_last_block_is_taken()
    {
        await using var socket = new SocketTest(deflate: true);
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal))
            deflate.Write("\"last\""u8);
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, [.. output.ToArray(), 0], reserved: Rsv1));
        Assert.Equal("\"last\"", await socket.NextTextAsync());
    }

    [Fact, Trait("spec", "SK10")]
    public async Task SK10_what_is_not_deflate_closes_with_1007()
    {
        await using var socket = new SocketTest(deflate: true);
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF], reserved: Rsv1));
        await socket.ExpectCloseAsync(CloseCode.InvalidPayload);
    }

    [Fact, Trait("spec", "SK6")]
    public async Task SK6_compressed_text_must_be_utf8_too()
    {
        await using var socket = new SocketTest(deflate: true);
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, Deflated([0xED, 0xA0, 0x80]), reserved: Rsv1));
        await socket.ExpectCloseAsync(CloseCode.InvalidPayload);
    }

    [Theory, Trait("spec", "SK5")]
    [InlineData(RawSocket.PingFrame)]
    [InlineData(RawSocket.CloseFrame)]
    [InlineData(RawSocket.Continuation)]
    public async Task SK5_compression_is_announced_only_by_the_first_frame_of_a_message(byte opcode)
    {
        await using var socket = new SocketTest(deflate: true);
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, Deflated("\"a\""), isFinal: false, reserved: Rsv1));
        await client.SendAsync(RawSocket.Frame(opcode, [], reserved: Rsv1));
        await socket.ExpectCloseAsync(CloseCode.ProtocolError);
    }

    private static async Task<string> NextHeadAsync(SocketTest socket) =>
        await SocketTest.Soon(socket.Handler.Oversize.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    private static byte[] Deflated(string text, CompressionLevel level = CompressionLevel.Optimal) => Deflated(Encoding.UTF8.GetBytes(text), level);

    private static byte[] Deflated(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level);
        deflate.Write(bytes);
        deflate.Flush();
        return bytes.Length == 0 ? [0] : output.ToArray()[..^4];
    }
}
