using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>What time does to a connection and to the session behind it. Each test has a server, and so a clock, of its own.</summary>
public sealed class SessionTimeTests : IAsyncLifetime
{
    private readonly ShortTokenServer server = new();
    private Room room = null!;

    public async ValueTask InitializeAsync()
    {
        await server.InitializeAsync();
        room = await Room.MakeAsync(server);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task Resuming_after_299_seconds_brings_exactly_what_was_missed()
    {
        var session = await LeaveAsync(missed: 3);
        server.Time.Advance(TimeSpan.FromSeconds(299));

        var (socket, welcome) = await ComeBackAsync(session, v: 1);

        await using var held = socket;
        Assert.True(welcome.GetProperty("payload").GetProperty("resumed").GetBoolean());
        Assert.Equal(session, welcome.GetProperty("payload").GetProperty("session").GetString());
        var subscribed = await socket.NextAsync("subscribed");
        Assert.Equal("delta", subscribed.GetProperty("payload").GetProperty("mode").GetString());
        Assert.Equal((1, 4), (subscribed.GetProperty("payload").GetProperty("from").GetInt64(), subscribed.GetProperty("payload").GetProperty("to").GetInt64()));
        foreach (var version in new[] { 2, 3, 4 })
            Assert.Equal(version, (await socket.NextAsync()).GetProperty("v").GetInt64());
    }

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task Resuming_after_300_seconds_brings_a_snapshot_and_says_so()
    {
        var session = await LeaveAsync(missed: 3);
        server.Time.Advance(TimeSpan.FromSeconds(300));

        var (socket, welcome) = await ComeBackAsync(session, v: 1);

        await using var held = socket;
        Assert.False(welcome.GetProperty("payload").GetProperty("resumed").GetBoolean());
        var subscribed = await socket.NextAsync("subscribed");
        Assert.Equal("snapshot", subscribed.GetProperty("payload").GetProperty("mode").GetString());
        var snapshot = await socket.NextAsync("snapshot");
        Assert.Equal(4, snapshot.GetProperty("v").GetInt64());
        Assert.Equal(4, snapshot.GetProperty("payload").GetProperty("state").GetProperty("messages").GetArrayLength());
    }

    [Fact]
    [Trait("spec", "RT-4")]
    public async Task A_connection_without_a_hello_is_closed_after_ten_seconds()
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address);
        await server.Time.WaitsForAsync(TimeSpan.FromSeconds(1));

        server.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(4001, await socket.Closed);
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_token_that_is_not_renewed_is_announced_and_then_closes_with_4010()
    {
        await using var socket = await room.EnterAsync(room.Ada);

        server.Time.Advance(TimeSpan.FromSeconds(42));
        await socket.NextAsync("expiring");
        server.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(4010, await socket.Closed);
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_token_renewed_in_place_keeps_the_connection_open()
    {
        await using var socket = await room.EnterAsync(room.Ada);
        server.Time.Advance(TimeSpan.FromSeconds(42));
        await socket.NextAsync("expiring");
        var token = await RenewAsync(room.Ada);

        var id = await socket.SendAsync("subscribe", "$session", new { token });

        Assert.Equal("welcome", TestSocket.Op(await socket.AnswerAsync(id)));
        server.Time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal("ack", TestSocket.Op(await socket.AnswerAsync(await socket.PostAsync(room.Thread, "still here"))));
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_token_of_somebody_else_does_not_take_the_connection_over()
    {
        await using var socket = await room.EnterAsync(room.Ada);

        var refused = await socket.AnswerAsync(await socket.SendAsync("subscribe", "$session", new { token = room.Bob.AccessToken }));

        Assert.Equal("forbidden", TestSocket.Code(refused));
        Assert.Equal("ack", TestSocket.Op(await socket.AnswerAsync(await socket.PostAsync(room.Thread, "still Ada"))));
    }

    /// <summary>Tokens that run out before a silent connection would be closed.</summary>
    private sealed class ShortTokenServer : FrozenTestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("Renexus:Sessions:AccessTokenLifetime", "00:01:40")];
    }

    /// <summary>Bob reads one message and goes; others follow. Answers his session.</summary>
    private async Task<string> LeaveAsync(int missed)
    {
        var (bob, welcome) = await TestSocket.GreetAsync(server, room.Bob, null, new { channel = room.Channel, v = 0 });
        await using var ada = await room.EnterAsync(room.Ada);
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "seen"));
        await bob.NextAsync("create");
        await bob.DisposeAsync();
        for (var i = 0; i < missed; i++)
            await ada.AnswerAsync(await ada.PostAsync(room.Thread, $"missed {i}"));
        var session = welcome.GetProperty("payload").GetProperty("session").GetString()!;
        await WaitingAsync(session);
        return session;
    }

    private async Task<(TestSocket Socket, JsonElement Welcome)> ComeBackAsync(string session, long v)
    {
        var token = await RenewAsync(room.Bob);
        return await TestSocket.GreetAsync(server, room.Bob with { AccessToken = token }, session, new { channel = room.Channel, v });
    }

    private async Task<string> RenewAsync(TestUser user)
    {
        using var response = await server.Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken });
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return body.RootElement.GetProperty("accessToken").GetString()!;
    }

    /// <summary>The session counts from when the server has seen the connection end.</summary>
    private async Task WaitingAsync(string session)
    {
        await using var command = server.Database.Log.CreateCommand("select node_id is null from engine.session where id = $1");
        command.Parameters.AddWithValue(Guid.Parse(session));
        while (await command.ExecuteScalarAsync() is not true)
            await Task.Yield();
    }
}
