using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

public sealed class SendingTests
{
    [Fact, Trait("spec", "SK12")]
    public async Task SK12_a_message_goes_out_as_it_is()
    {
        await using var socket = new SocketTest();
        socket.Send("{\"a\":1}");
        var frame = await socket.NextFrameAsync();
        Assert.Equivalent(new RawFrame(true, false, RawSocket.TextFrame, [.. "{\"a\":1}"u8]), frame);
    }

    [Fact, Trait("spec", "SK13")]
    public async Task SK13_what_waits_goes_together_as_one_array()
    {
        await using var socket = await BlockedAsync();
        var writes = socket.Duplex.ServerWrites;
        for (var i = 0; i < 5; i++)
            socket.Send($"{{\"n\":{i}}}");
        await UnblockAsync(socket);

        Assert.Equal("[{\"n\":0},{\"n\":1},{\"n\":2},{\"n\":3},{\"n\":4}]", (await socket.NextFrameAsync()).Text);
        Assert.Equal(1, socket.Duplex.ServerWrites - writes);
    }

    [Fact, Trait("spec", "SK13")]
    public async Task SK13_a_joined_frame_stays_within_10_kb_and_a_write_within_64_kb()
    {
        await using var socket = await BlockedAsync(capacity: 70_000);
        var sent = Enumerable.Range(0, 1_000).Select(i => $"{{\"n\":{i},\"text\":\"{Texts.OfLength(100 + (i % 50))}\"}}").ToArray();
        var writes = socket.Duplex.ServerWrites;
        foreach (var json in sent)
            socket.Send(json);
        var total = sent.Sum(json => json.Length);
        await UnblockAsync(socket);

        var received = new List<string>();
        while (received.Count < sent.Length)
        {
            var frame = await socket.NextFrameAsync();
            Assert.InRange(frame.Payload.Length, 1, 10_240);
            Assert.False(frame.Rsv1);
            received.AddRange(Elements(frame));
        }

        Assert.Equal(sent, received, StringComparer.Ordinal);
        Assert.InRange(socket.Duplex.ServerWrites - writes, total / 65_536, (total / 55_000) + 1);
    }

    [Fact, Trait("spec", "SK13")]
    public async Task SK13_a_joined_frame_fills_10_kb_to_the_last_byte()
    {
        await using var socket = await BlockedAsync();
        var first = Texts.OfLength(5_116);
        socket.Send($"\"{first}\"");
        socket.Send($"\"{first}x\"");
        socket.Send($"\"{first}x\"");
        socket.Send($"\"{first}x\"");
        await UnblockAsync(socket);

        // Two brackets, a comma and 5 118 + 5 119 bytes are 10 240; twice 5 119 are one too many.
        Assert.Equal(10_240, (await socket.NextFrameAsync()).Payload.Length);
        Assert.Equal(5_119, (await socket.NextFrameAsync()).Payload.Length);
        Assert.Equal(5_119, (await socket.NextFrameAsync()).Payload.Length);
    }

    [Fact, Trait("spec", "SK13")]
    public async Task SK13_pings_keep_their_place_between_messages()
    {
        await using var socket = await BlockedAsync();
        socket.Send("1");
        socket.Send("2");
        socket.Connection.Ping();
        socket.Send("3");
        await UnblockAsync(socket);
        Assert.Equal("[1,2]", (await socket.NextFrameAsync()).Text);
        Assert.Equal(RawSocket.PingFrame, (await socket.NextFrameAsync()).Opcode);
        Assert.Equal("3", (await socket.NextFrameAsync()).Text);
    }

    [Fact, Trait("spec", "SK14")]
    public async Task SK14_only_what_is_over_10_kb_is_compressed_and_goes_alone()
    {
        await using var socket = await BlockedAsync(deflate: true);
        var small = Texts.OfLength(10_240);
        var large = Texts.OfLength(10_241);
        socket.Send("1");
        socket.Send(large);
        socket.Send("2");
        socket.Send(small);
        await UnblockAsync(socket);

        Assert.Equal("1", (await socket.NextFrameAsync()).Text);
        var compressed = await socket.NextFrameAsync();
        Assert.True(compressed.Rsv1);
        Assert.InRange(compressed.Payload.Length, 1, large.Length / 2);
        Assert.Equal(large, Inflated(compressed));
        Assert.Equal("2", (await socket.NextFrameAsync()).Text);
        var plain = await socket.NextFrameAsync();
        Assert.False(plain.Rsv1);
        Assert.Equal(small, plain.Text);
    }

    [Fact, Trait("spec", "SK14")]
    public async Task SK14_a_large_message_goes_plain_to_who_did_not_agree_and_is_shared_by_all()
    {
        await using var plain = new SocketTest();
        await using var first = new SocketTest(deflate: true);
        await using var second = new SocketTest(deflate: true);
        var large = Texts.OfLength(90_000);
        var message = SocketTest.Message(large);
        Assert.All([plain, first, second], socket => Assert.True(socket.Connection.TrySend(message)));

        Assert.Equal(large, (await plain.NextFrameAsync()).Text);
        Assert.Equal(large, Inflated(await first.NextFrameAsync()));
        Assert.Equal(large, Inflated(await second.NextFrameAsync()));
    }

    [Fact, Trait("spec", "SK15")]
    public async Task SK15_behind_a_backlog_ephemeral_messages_go_first_and_the_rest_arrives_in_order()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowBytes = 1_000 });
        var kept = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            socket.Send($"\"typing {i,60}\"", ephemeral: true);
            kept.Add($"\"kept {i,20}\"");
            socket.Send(kept[^1]);
        }

        Assert.Equal(0, socket.Handler.Overflows);
        socket.Send("\"last\"");
        await UnblockAsync(socket);

        var received = new List<string>();
        while (!received.Contains("\"last\""))
            received.AddRange(Elements(await socket.NextFrameAsync()));
        Assert.Equal([.. kept, "\"last\""], received.Where(json => !json.Contains("typing", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.InRange(received.Count(json => json.Contains("typing", StringComparison.Ordinal)), 0, 14);
    }

    [Fact, Trait("spec", "SK15")]
    public async Task SK15_the_handler_hears_once_until_the_queue_was_empty_again()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowBytes = 1_000 });
        var sent = Enumerable.Range(0, 100).Select(i => $"\"{i,50}\"").ToArray();
        foreach (var json in sent)
            socket.Send(json);
        Assert.Equal(1, socket.Handler.Overflows);

        socket.Send("\"typing\"", ephemeral: true);
        var drained = socket.Connection.DrainedAsync();
        Assert.False(drained.IsCompleted);
        await UnblockAsync(socket);
        var received = new List<string>();
        while (received.Count < sent.Length)
            received.AddRange(Elements(await socket.NextFrameAsync()));
        Assert.Equal(sent, received, StringComparer.Ordinal);
        await SocketTest.Soon(drained);

        socket.Send("\"typing\"", ephemeral: true);
        Assert.Equal("\"typing\"", (await socket.NextFrameAsync()).Text);
        Assert.Equal(1, socket.Handler.Overflows);
    }

    [Fact, Trait("spec", "SK15")]
    public async Task SK15_many_small_messages_are_a_backlog_too()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowMessages = 10 });
        for (var i = 0; i < 11; i++)
            socket.Send("1");
        Assert.Equal(0, socket.Handler.Overflows);
        socket.Send("1");
        Assert.Equal(1, socket.Handler.Overflows);
        await UnblockAsync(socket);
    }

    [Fact, Trait("spec", "SK16")]
    public async Task SK16_behind_too_large_a_backlog_the_socket_closes_with_4003_instead_of_it()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowBytes = 1_000, TooSlowBytes = 2_000 });
        var message = SocketTest.Message($"\"{Texts.OfLength(98)}\"");
        for (var i = 0; i < 21; i++)
            Assert.True(socket.Connection.TrySend(message));

        Assert.False(socket.Connection.TrySend(message));
        Assert.False(socket.Connection.IsOpen);
        Assert.Equal(2, socket.Connection.QueuedBytes - "too slow".Length);
        await UnblockAsync(socket);
        await socket.ExpectCloseAsync(CloseCode.TooSlow);
    }

    [Fact, Trait("spec", "SK16")]
    public async Task SK16_a_slow_reader_that_takes_nothing_for_10_s_is_too_slow()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowBytes = 100 });
        socket.Send(Texts.OfLength(101));
        socket.Send("1");
        Assert.Equal(1, socket.Handler.Overflows);

        socket.Clock.Advance(TimeSpan.FromSeconds(10));
        socket.Connection.Ping();
        Assert.True(socket.Connection.IsOpen);

        socket.Clock.Advance(TimeSpan.FromMilliseconds(1));
        socket.Connection.Ping();
        Assert.False(socket.Connection.IsOpen);
        socket.Clock.Advance(socket.Options.CloseTimeout);
        Assert.Equal(CloseCode.TooSlow, await SocketTest.Soon(socket.Handler.Closed.Task));
    }

    [Fact, Trait("spec", "SK16")]
    public async Task SK16_a_slow_reader_that_takes_something_now_and_then_stays()
    {
        await using var socket = await BlockedAsync(new SocketOptions { SlowBytes = 100 });
        var large = $"\"{Texts.Noise(seed: 2, 200_000)}\"";
        for (var i = 0; i < 4; i++)
            socket.Send(large);
        Assert.Equal(1, socket.Handler.Overflows);

        for (var i = 0; i < 4; i++)
        {
            socket.Clock.Advance(TimeSpan.FromSeconds(8));
            socket.Connection.Ping();
            await socket.NextFrameAsync();
            await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        }

        Assert.True(socket.Connection.IsOpen);
    }

    [Fact, Trait("spec", "SK16")]
    public async Task SK16_a_reader_that_rests_with_little_waiting_stays()
    {
        await using var socket = await BlockedAsync();
        socket.Send("1");
        socket.Clock.Advance(TimeSpan.FromMinutes(1));
        socket.Connection.Ping();
        await UnblockAsync(socket);
        Assert.Equal("1", (await socket.NextFrameAsync()).Text);
        Assert.Equal(RawSocket.PingFrame, (await socket.NextFrameAsync()).Opcode);
    }

    [Fact, Trait("spec", "SK17")]
    public async Task SK17_a_large_message_alone_makes_nobody_slow()
    {
        await using var socket = await BlockedAsync();
        var large = Texts.OfLength(3_000_000);
        socket.Send(large);
        Assert.Equal(0, socket.Handler.Overflows);
        await UnblockAsync(socket);
        Assert.Equal(large, (await socket.NextFrameAsync()).Text);
        await socket.ExpectAliveAsync();
    }

    [Fact, Trait("spec", "SK12")]
    public async Task SK12_a_reader_that_has_stopped_holds_up_no_other()
    {
        await using var stopped = await BlockedAsync();
        await using var other = new SocketTest();
        var message = SocketTest.Message("\"to all\"");
        for (var i = 0; i < 100; i++)
        {
            Assert.True(stopped.Connection.TrySend(message));
            Assert.True(other.Connection.TrySend(message));
            await SocketTest.Soon(other.Connection.DrainedAsync());
            Assert.Equal("\"to all\"", (await other.NextFrameAsync()).Text);
        }

        await UnblockAsync(stopped);
        Assert.Equal(100, Elements(await stopped.NextFrameAsync()).Count());
    }

    [Theory, Trait("spec", "SK12")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task SK12_what_many_threads_send_arrives_once_and_in_the_order_of_each(int seed)
    {
        const int Threads = 4;
        const int Messages = 2_000;
        await using var socket = new SocketTest(new SocketOptions { SlowBytes = int.MaxValue, SlowMessages = int.MaxValue }, deflate: true, capacity: 5_000);
        var senders = Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random((seed * Threads) + thread);
            for (var i = 0; i < Messages; i++)
            {
                var filling = random.Next(100) == 0 ? random.Next(15_000) : random.Next(300);
                socket.Send($"{{\"thread\":{thread},\"n\":{i},\"filling\":\"{new string('x', filling)}\"}}");
                if (random.Next(50) == 0)
                    await Task.Yield();
            }
        })).ToArray();

        var next = new int[Threads];
        while (next.Sum() < Threads * Messages)
        {
            foreach (var json in Elements(await socket.NextFrameAsync()))
            {
                using var message = JsonDocument.Parse(json);
                var thread = message.RootElement.GetProperty("thread").GetInt32();
                Assert.Equal(next[thread]++, message.RootElement.GetProperty("n").GetInt32());
            }
        }

        await Task.WhenAll(senders);
        await SocketTest.Soon(socket.Connection.DrainedAsync());
        Assert.Equal(0, socket.Connection.QueuedBytes);
        await socket.ExpectAliveAsync();
    }

    /// <summary>A socket with a write that waits for the client to read: what is sent now is queued.</summary>
    private static async Task<SocketTest> BlockedAsync(SocketOptions? options = null, bool deflate = false, int capacity = 64 * 1024)
    {
        var socket = new SocketTest(options, deflate, capacity);
        socket.Send($"\"{Texts.Noise(seed: 1, 2 * capacity)}\"");
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        return socket;
    }

    /// <summary>The client reads what blocked the server.</summary>
    private static async Task UnblockAsync(SocketTest socket) =>
        Assert.True((await socket.NextFrameAsync()).Payload.Length > SocketOptions.CompressedOver);

    private static IEnumerable<string> Elements(RawFrame frame)
    {
        using var json = JsonDocument.Parse(frame.Rsv1 ? Inflated(frame) : frame.Text);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(element => element.GetRawText())]
            : [json.RootElement.GetRawText()];
    }

    private static string Inflated(RawFrame frame)
    {
        using var inflater = new DeflateStream(new MemoryStream([.. frame.Payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var output = new MemoryStream();
        inflater.CopyTo(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
