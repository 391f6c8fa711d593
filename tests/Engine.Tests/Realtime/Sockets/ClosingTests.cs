using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

public sealed class ClosingTests
{
    [Fact, Trait("spec", "SK18")]
    public async Task SK18_closing_waits_for_what_is_queued_and_takes_nothing_more()
    {
        await using var socket = new SocketTest();
        socket.Send("1");
        socket.Connection.Close(CloseCode.GoingAway, "restart");
        Assert.False(socket.Connection.TrySend(SocketTest.Message("2")));
        socket.Connection.Close(CloseCode.Timeout, "later");

        Assert.Equal("1", (await socket.NextFrameAsync()).Text);
        var close = await socket.NextFrameAsync();
        Assert.Equal((RawSocket.CloseFrame, 4000, "restart"), (close.Opcode, close.CloseCode, close.CloseReason));
        await socket.Client.SendCloseAsync(4000);
        Assert.Equal(CloseCode.GoingAway, await SocketTest.Soon(socket.Handler.Closed.Task));
    }

    [Fact, Trait("spec", "SK18")]
    public async Task SK18_closing_may_discard_what_is_queued()
    {
        await using var socket = new SocketTest(capacity: 10_000);
        socket.Send(Texts.OfLength(20_000));
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        socket.Send("1");
        socket.Connection.Close(CloseCode.SessionEnded, "logged out", discard: true);

        Assert.Equal(20_000, (await socket.NextFrameAsync()).Payload.Length);
        await socket.ExpectCloseAsync(CloseCode.SessionEnded);
    }

    [Fact, Trait("spec", "SK18")]
    public async Task SK18_a_long_reason_is_cut_between_characters()
    {
        await using var socket = new SocketTest();
        socket.Connection.Close(CloseCode.Timeout, new string('é', 100));
        Assert.Equal(new string('é', 61), (await socket.NextFrameAsync()).CloseReason);
    }

    [Theory, Trait("spec", "SK19")]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4999)]
    public async Task SK19_the_peers_close_is_answered_with_its_code(int code)
    {
        await using var socket = new SocketTest();
        await socket.Client.SendCloseAsync(code, "bye");
        var close = await socket.NextFrameAsync();
        Assert.Equal((RawSocket.CloseFrame, code, ""), (close.Opcode, close.CloseCode, close.CloseReason));
        Assert.Equal((CloseCode)code, await SocketTest.Soon(socket.Handler.Closed.Task));
        await SocketTest.Soon(socket.Running);
    }

    [Fact, Trait("spec", "SK19")]
    public async Task SK19_a_close_without_a_code_is_answered_without_one()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendCloseAsync(code: null);
        Assert.Empty((await socket.NextFrameAsync()).Payload);
        Assert.Equal(CloseCode.NoCode, await SocketTest.Soon(socket.Handler.Closed.Task));
    }

    [Theory, Trait("spec", "SK19")]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(1100)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public async Task SK19_a_code_that_may_not_travel_is_broken_framing(int code)
    {
        await using var socket = new SocketTest();
        await socket.Client.SendCloseAsync(code);
        await socket.ExpectCloseAsync(CloseCode.ProtocolError);
    }

    [Fact, Trait("spec", "SK19")]
    public async Task SK19_a_body_of_one_byte_is_broken_framing()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.CloseFrame, [3]));
        await socket.ExpectCloseAsync(CloseCode.ProtocolError);
    }

    [Fact, Trait("spec", "SK19")]
    public async Task SK19_a_reason_that_is_not_utf8_is_1007()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.CloseFrame, [3, 232, 0xC3, 0x28]));
        await socket.ExpectCloseAsync(CloseCode.InvalidPayload);
    }

    [Fact, Trait("spec", "SK19")]
    public async Task SK19_what_is_queued_still_goes_out_before_the_answer()
    {
        await using var socket = new SocketTest(capacity: 10_000);
        socket.Send(Texts.OfLength(20_000));
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        socket.Send("\"acknowledged\"");
        await socket.Client.SendCloseAsync();

        Assert.Equal(20_000, (await socket.NextFrameAsync()).Payload.Length);
        Assert.Equal("\"acknowledged\"", (await socket.NextFrameAsync()).Text);
        Assert.Equal(1000, (await socket.NextFrameAsync()).CloseCode);
        Assert.Equal(CloseCode.Normal, await SocketTest.Soon(socket.Handler.Closed.Task));
    }

    [Fact, Trait("spec", "SK20")]
    public async Task SK20_what_comes_after_our_close_is_dropped_up_to_the_peers()
    {
        await using var socket = new SocketTest();
        socket.Connection.Close(CloseCode.TokenExpired, "");
        await socket.NextFrameAsync();
        var client = socket.Client;
        await client.SendTextAsync("\"too late\"");
        await client.SendAsync(RawSocket.Frame(RawSocket.PingFrame, []));
        await client.SendTextAsync(Texts.OfLength(102_401));
        await client.SendCloseAsync(4010);

        await SocketTest.Soon(socket.Running);
        Assert.Equal(CloseCode.TokenExpired, await socket.Handler.Closed.Task);
        Assert.False(socket.Handler.Texts.Reader.TryRead(out _));
        Assert.False(socket.Handler.Oversize.Reader.TryRead(out _));
        await socket.Duplex.Server.DisposeAsync();
        Assert.Null(await client.ReadFrameAsync(TestContext.Current.CancellationToken));
    }

    [Theory, Trait("spec", "SK20")]
    [InlineData(RawSocket.BinaryFrame, CloseCode.Protocol)]
    [InlineData(RawSocket.TextFrame, CloseCode.InvalidPayload)]
    public async Task SK20_after_a_broken_message_the_peers_close_is_still_understood(byte opcode, CloseCode code)
    {
        await using var socket = new SocketTest();
        var client = socket.Client;
        await client.SendAsync(RawSocket.Frame(opcode, [0xFF, 1, 2], isFinal: false));
        Assert.Equal((int)code, (await socket.NextFrameAsync()).CloseCode);
        await client.SendAsync(RawSocket.Frame(RawSocket.Continuation, [0xFF]));
        await client.SendTextAsync("\"too late\"");
        await client.SendCloseAsync((int)code);
        Assert.Equal(code, await SocketTest.Soon(socket.Handler.Closed.Task));
        Assert.False(socket.Handler.Texts.Reader.TryRead(out _));
    }

    [Fact, Trait("spec", "SK20")]
    public async Task SK20_a_peer_that_does_not_answer_is_cut_after_5_s()
    {
        await using var socket = new SocketTest();
        socket.Connection.Close(CloseCode.Timeout, "");
        await socket.NextFrameAsync();
        socket.Clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(socket.Running.IsCompleted);
        socket.Clock.Advance(TimeSpan.FromTicks(1));
        await SocketTest.Soon(socket.Running);
        Assert.Equal(CloseCode.Timeout, await socket.Handler.Closed.Task);
    }

    [Fact, Trait("spec", "SK20")]
    public async Task SK20_a_peer_that_sends_close_and_takes_nothing_is_cut_after_5_s()
    {
        await using var socket = new SocketTest(capacity: 10_000);
        socket.Send(Texts.OfLength(20_000));
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        await socket.Client.SendCloseAsync();
        while (socket.Connection.IsOpen)
            await Task.Yield();

        socket.Clock.Advance(TimeSpan.FromSeconds(5));
        await SocketTest.Soon(socket.Running);
        Assert.Equal(CloseCode.Normal, await socket.Handler.Closed.Task);
    }

    [Fact, Trait("spec", "SK21")]
    public async Task SK21_a_transport_that_ends_without_a_close_frame_is_1006()
    {
        await using var socket = new SocketTest();
        await socket.Client.SendAsync(RawSocket.Frame(RawSocket.TextFrame, "\"half"u8, declared: 100));
        await socket.Client.DisposeAsync();
        Assert.Equal(CloseCode.Broken, await SocketTest.Soon(socket.Handler.Closed.Task));
        Assert.False(socket.Connection.TrySend(SocketTest.Message("1")));
        Assert.True(socket.Connection.DrainedAsync().IsCompleted);
    }

    [Fact, Trait("spec", "SK21")]
    public async Task SK21_cancelling_cuts_the_transport()
    {
        using var stop = new CancellationTokenSource();
        await using var socket = new SocketTest(run: false);
        socket.Run(stop.Token);
        await stop.CancelAsync();
        Assert.Equal(CloseCode.Broken, await SocketTest.Soon(socket.Handler.Closed.Task));
        Assert.Null(await SocketTest.Soon(socket.Client.ReadFrameAsync(TestContext.Current.CancellationToken)));
    }

    [Fact, Trait("spec", "SK21")]
    public async Task SK21_aborting_cuts_the_transport_under_a_stuck_write()
    {
        await using var socket = new SocketTest(capacity: 10_000);
        socket.Send(Texts.OfLength(20_000));
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        socket.Connection.Abort(CloseCode.Timeout);
        Assert.Equal(CloseCode.Timeout, await SocketTest.Soon(socket.Handler.Closed.Task));
        Assert.Equal(0, socket.Connection.QueuedBytes);
    }

    [Fact, Trait("spec", "SK22")]
    public async Task SK22_the_handler_hears_of_the_end_when_nothing_is_written_any_more()
    {
        await using var socket = new SocketTest(capacity: 10_000);
        socket.Send(Texts.OfLength(20_000));
        await SocketTest.Soon(socket.Duplex.ServerIsBlockedAsync());
        var wasDrained = false;
        socket.Handler.OnClose = () => wasDrained = socket.Connection.DrainedAsync().IsCompleted && !socket.Connection.IsOpen;
        await socket.Client.SendCloseAsync();
        while (socket.Connection.IsOpen)
            await Task.Yield();
        Assert.False(socket.Handler.Closed.Task.IsCompleted);

        await socket.NextFrameAsync();
        await socket.ExpectCloseAsync(CloseCode.Normal);
        Assert.True(wasDrained);
    }

    [Fact, Trait("spec", "SK22")]
    public async Task SK22_a_transport_that_ended_well_is_not_cut_by_a_late_abort()
    {
        var duplex = new MemoryDuplex();
        var cuts = 0;
        var connection = new SocketConnection(new StreamPipes(duplex.Server), cut: () => cuts++, new SocketOptions(), new FakeTime());
        var running = connection.RunAsync(new Recorder(), TestContext.Current.CancellationToken);
        await using var client = new RawSocket(duplex.Client);
        await client.SendCloseAsync();
        await SocketTest.Soon(running);
        connection.Abort(CloseCode.Timeout);
        Assert.Equal(0, cuts);
    }

    [Fact, Trait("spec", "SK23")]
    public async Task SK23_an_exception_of_the_handler_closes_with_1011_and_comes_out()
    {
        var socket = new SocketTest(run: false);
        socket.Handler.OnText = _ => throw new FormatException("a bug");
        socket.Run(TestContext.Current.CancellationToken);
        await socket.Client.SendTextAsync("1");
        Assert.Equal(1011, (await socket.NextFrameAsync()).CloseCode);
        await Assert.ThrowsAsync<FormatException>(() => SocketTest.Soon(socket.Running));
        Assert.Equal(CloseCode.InternalError, await socket.Handler.Closed.Task);
    }
}
