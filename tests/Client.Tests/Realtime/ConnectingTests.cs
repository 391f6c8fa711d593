using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Tests.Realtime;

public sealed class ConnectingTests : RealtimeFixture
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task The_first_message_is_the_hello_with_token_and_channels()
    {
        Client.Subscribe(Channel, _ => { }, new ChannelPosition(Channel, 7, "e1"));

        var hello = (await OnlineAsync()).Hello;

        Assert.Equal((MessageTypes.Subscribe, ChannelNames.Session), (hello.Type, hello.Channel));
        Assert.Equal("token-0", hello.Payload.GetProperty("token").GetString());
        Assert.StartsWith("Renexus.Client", hello.Payload.GetProperty("client").GetString(), StringComparison.Ordinal);
        Assert.False(hello.Payload.TryGetProperty("session", out _));
        Assert.Equal($$"""[{"channel":"{{Channel}}","v":7,"e":"e1"}]""", hello.Payload.GetProperty("channels").GetRawText());
        Assert.Equal(ConnectionState.Online, Client.Status.State);
        Assert.Equal(Guid.Parse("0199f0aa-0000-7000-8000-000000000001"), Client.UserId);
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task Attempts_to_come_back_wait_longer_and_longer_and_the_session_is_resumed()
    {
        var first = await OnlineAsync();
        Server.Down = true;
        first.Cut();

        foreach (var wait in (int[])[1, 2, 4, 8])
        {
            await Time.WaitsForAsync(TimeSpan.FromSeconds(wait)).WaitAsync(Cancel);
            Assert.Equal(TimeSpan.FromSeconds(wait), Client.Status.RetryIn);
            Time.Advance(TimeSpan.FromSeconds(wait));
        }

        await Time.WaitsForAsync(TimeSpan.FromSeconds(16)).WaitAsync(Cancel);
        Server.Down = false;
        var second = await ReturnAsync(TimeSpan.FromSeconds(16));

        Assert.Equal("s1", second.Hello.Payload.GetProperty("session").GetString());
        await Client.WhenOnlineAsync(Cancel);
        second.Cut();
        await Time.WaitsForAsync(TimeSpan.FromSeconds(1)).WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_program_that_knows_better_need_not_wait()
    {
        (await OnlineAsync()).Cut();
        await Time.WaitsForAsync(TimeSpan.FromSeconds(1)).WaitAsync(Cancel);

        Client.ReconnectNow();

        await Server.WelcomeAsync();
    }

    [Theory]
    [InlineData(CloseCodes.GoingAway)]
    [InlineData(CloseCodes.Timeout)]
    [InlineData(CloseCodes.TooSlow)]
    [InlineData(CloseCodes.Rate)]
    [InlineData(1011)]
    public async Task Below_4500_it_comes_back(int code)
    {
        await (await OnlineAsync()).CloseAsync(code);

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("s1", second.Hello.Payload.GetProperty("session").GetString());
        Assert.Contains(Statuses, status => status.State == ConnectionState.Waiting && status.CloseCode == code);
    }

    [Theory]
    [InlineData(CloseCodes.Replaced)]
    [InlineData(CloseCodes.StateLost)]
    public async Task A_session_that_is_gone_is_not_asked_for_again(int code)
    {
        await (await OnlineAsync()).CloseAsync(code);

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));

        Assert.False(second.Hello.Payload.TryGetProperty("session", out _));
    }

    [Theory]
    [InlineData(CloseCodes.BadToken)]
    [InlineData(CloseCodes.Protocol)]
    [InlineData(CloseCodes.ConnectionLimit)]
    [InlineData(CloseCodes.SessionEnded)]
    [InlineData(CloseCodes.Origin)]
    public async Task From_4500_it_stops_and_says_so_to_everybody_who_waits(int code)
    {
        var connection = await OnlineAsync();
        var write = Write("x");
        var subscription = Client.Subscribe(Channel, _ => { });

        await connection.CloseAsync(code);
        await Client.Completion.WaitAsync(Cancel);

        Assert.Equal((ConnectionState.Stopped, code), (Client.Status.State, Client.Status.CloseCode));
        Assert.Equal(code, (await Assert.ThrowsAsync<RealtimeStoppedException>(() => write)).CloseCode);
        await Assert.ThrowsAsync<RealtimeStoppedException>(() => subscription.Started);
        await Assert.ThrowsAsync<RealtimeStoppedException>(() => Write("y"));
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task The_reason_of_a_refusal_is_told()
    {
        Client.Start();
        var connection = await Server.AcceptAsync();
        var hello = await connection.ReceiveAsync();
        await connection.RefuseAsync(hello, ProblemCodes.ConnectionLimit, retryable: false);
        await connection.CloseAsync(CloseCodes.ConnectionLimit);

        var stopped = await Assert.ThrowsAsync<RealtimeStoppedException>(() => Client.WhenOnlineAsync(Cancel));

        Assert.Equal("No.", stopped.Message);
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_token_is_renewed_in_place_when_it_is_about_to_expire()
    {
        var connection = await OnlineAsync();

        await connection.SendAsync("""{"type":"update","channel":"$session","payload":{"op":"expiring"}}""");
        var renewal = await connection.ReceiveAsync();

        Assert.Equal((MessageTypes.Subscribe, ChannelNames.Session), (renewal.Type, renewal.Channel));
        Assert.Equal("""{"token":"token-1"}""", renewal.Payload.GetRawText());
        Assert.Equal([null, "token-0"], StaleTokens);
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task After_an_expired_token_it_comes_back_with_another()
    {
        await (await OnlineAsync()).CloseAsync(CloseCodes.TokenExpired);

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("token-1", second.Hello.Payload.GetProperty("token").GetString());
    }

    [Fact]
    [Trait("spec", "RT-4")]
    public async Task A_server_that_is_silent_for_45_seconds_is_given_up()
    {
        var connection = await OnlineAsync();
        await Time.WaitsForAsync(TimeSpan.FromSeconds(15)).WaitAsync(Cancel);

        // The watch that ran until the welcome now waits for the longer time.
        Time.Advance(TimeSpan.FromSeconds(15));
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ConnectionState.Online, Client.Status.State);
        Time.Advance(TimeSpan.FromSeconds(1));

        await ReturnAsync(TimeSpan.FromSeconds(1));
        Assert.Contains(Statuses, status => status.Reason == "Nothing was heard from the server for too long.");
        connection.Cut();
    }

    [Fact]
    [Trait("spec", "RT-4")]
    public async Task A_heartbeat_keeps_it()
    {
        var connection = await OnlineAsync();
        var heard = new TaskCompletionSource();
        Client.Subscribe(Channel, _ => heard.TrySetResult());
        await connection.ReceiveAsync();

        Time.Advance(TimeSpan.FromSeconds(44));
        await connection.SendAsync("""{"type":"update","channel":"$session","payload":{"op":"heartbeat"}}""");
        await connection.SubscribedAsync(Channel, "live", 1, 1);
        await heard.Task.WaitAsync(Cancel);
        Time.Advance(TimeSpan.FromSeconds(44));

        Assert.Equal(ConnectionState.Online, Client.Status.State);
    }

    [Fact]
    public async Task Without_a_welcome_the_attempt_ends()
    {
        Client.Start();
        var connection = await Server.AcceptAsync();
        await connection.ReceiveAsync();

        Time.Advance(TimeSpan.FromSeconds(15));

        await ReturnAsync(TimeSpan.FromSeconds(1));
        connection.Cut();
    }

    [Fact]
    public async Task Disposing_closes_and_fails_what_waits()
    {
        var connection = await OnlineAsync();
        var write = Write("x");
        Assert.Equal("x", (await connection.ReceiveAsync()).Body);

        await Client.DisposeAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(connection.ReceiveAsync);
        Assert.Null((await Assert.ThrowsAsync<RealtimeStoppedException>(() => write)).CloseCode);
    }
}
