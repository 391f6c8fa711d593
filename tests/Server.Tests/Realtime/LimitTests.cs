using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>How many connections, how many messages, and what a reader that does not keep up costs the others.</summary>
public sealed class LimitTests(LimitTests.LimitedServer server) : IClassFixture<LimitTests.LimitedServer>
{
    public sealed class LimitedServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            base.Settings.Where(setting => setting.Key is not "Renexus:Limits:MessagesPerMinute");
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task The_sixth_connection_is_refused_with_4503_and_a_place_that_is_freed_is_given_again()
    {
        var ada = await server.SignedInAs("ada");
        var open = new List<TestSocket>();
        for (var i = 0; i < 5; i++)
            open.Add((await TestSocket.GreetAsync(server, ada)).Socket);

        await using var sixth = await TestSocket.ConnectAsync(server.Address);
        await sixth.SendAsync("subscribe", "$session", new { token = ada.AccessToken });

        Assert.Equal("connection_limit", TestSocket.Code(await sixth.ErrorAsync()));
        Assert.Equal(4503, await sixth.Closed);
        await open[0].DisposeAsync();
        await WelcomedAsync(ada);
        foreach (var socket in open.Skip(1))
            await socket.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task Fifty_connections_at_once_make_exactly_five()
    {
        var ada = await server.SignedInAs("ada");
        var sockets = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TestSocket.ConnectAsync(server.Address)));

        var welcomed = await Task.WhenAll(sockets.Select(async socket =>
        {
            await socket.SendAsync("subscribe", "$session", new { token = ada.AccessToken }, "hello");
            return TestSocket.Op(await socket.AnswerAsync("hello")) is "welcome";
        }));

        Assert.Equal(5, welcomed.Count(was => was));
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task A_resume_replaces_its_own_old_connection_and_does_not_count()
    {
        var ada = await server.SignedInAs("ada");
        var open = new List<TestSocket>();
        var session = "";
        for (var i = 0; i < 5; i++)
        {
            var (socket, welcome) = await TestSocket.GreetAsync(server, ada);
            open.Add(socket);
            session = welcome.GetProperty("payload").GetProperty("session").GetString()!;
        }

        var (again, resumed) = await TestSocket.GreetAsync(server, ada, session);

        Assert.True(resumed.GetProperty("payload").GetProperty("resumed").GetBoolean());
        Assert.Equal(4002, await open[^1].Closed);
        foreach (var socket in open.Append(again))
            await socket.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task A_session_of_somebody_else_is_not_resumed()
    {
        var ada = await server.SignedInAs("ada");
        var eve = await server.SignedInAs("eve");
        var (hers, welcome) = await TestSocket.GreetAsync(server, ada);
        await using var held = hers;

        var (socket, stolen) = await TestSocket.GreetAsync(server, eve, welcome.GetProperty("payload").GetProperty("session").GetString());

        await using var other = socket;
        Assert.False(stolen.GetProperty("payload").GetProperty("resumed").GetBoolean());
    }

    [Fact]
    [Trait("spec", "GW-4")]
    public async Task What_comes_too_fast_is_refused_has_no_effect_and_says_when_to_come_back()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
            ids.Add(await ada.PostAsync(room.Thread, $"{i}", $"fast-{i}"));

        var answers = new List<JsonElement>();
        foreach (var id in ids)
            answers.Add(await ada.AnswerToAsync(id));

        var refused = answers.Where(answer => TestSocket.Code(answer) is "rate_limited").ToArray();
        // Thirty at once; a token a second while the test runs.
        Assert.InRange(refused.Length, 1, 10);
        Assert.All(refused, answer => Assert.InRange(answer.GetProperty("payload").GetProperty("retryAfter").GetDouble(), 0.001, 60));
        Assert.All(refused, answer => Assert.True(answer.GetProperty("payload").GetProperty("retryable").GetBoolean()));
    }

    [Fact]
    [Trait("spec", "RT-8")]
    public async Task FB7_of_what_is_sent_together_nothing_overtakes_what_was_refused_for_now()
    {
        var room = await Room.MakeAsync(server);
        var posts = Enumerable.Range(0, 60).Select(i => new
        {
            type = "update",
            channel = room.Channel,
            id = $"together-{i}",
            payload = new { op = "create", resource = "message", data = new { body = $"{i}" } },
        }).ToArray();

        using var response = await room.Ada.Client.PostAsJsonAsync("/api/send", posts, TestContext.Current.CancellationToken);

        var answers = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("messages").EnumerateArray()
            .ToDictionary(answer => answer.GetProperty("re").GetString()!, TestSocket.Code, StringComparer.Ordinal);
        var codes = posts.Select(post => answers[post.id]).ToArray();
        var taken = codes.TakeWhile(code => code is null).Count();
        Assert.InRange(taken, 30, 59);
        Assert.All(codes.Skip(taken), code => Assert.Equal("rate_limited", code));
    }

    /// <summary>The place is given back when the server has seen the connection end, which is a moment later.</summary>
    private async Task WelcomedAsync(TestUser user)
    {
        while (true)
        {
            await using var socket = await TestSocket.ConnectAsync(server.Address);
            await socket.SendAsync("subscribe", "$session", new { token = user.AccessToken }, "hello");
            if (TestSocket.Op(await socket.AnswerAsync("hello")) is "welcome")
                return;
        }
    }
}
