using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>What is particular to event streams, polls and what is sent beside them (RT-8).</summary>
[Trait("spec", "RT-8")]
public sealed class FallbackTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_is_an_event_stream_that_nobody_keeps_or_holds_back()
    {
        var room = await Room.MakeAsync(server);
        await using var line = new EventLine(server, room.Ada, room.Channel);
        await line.ConnectAsync();

        Assert.Equal("text/event-stream", line.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(line.Response.Headers.CacheControl!.NoStore);
        Assert.Equal("no", line.Response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task FB1_streams_and_sockets_count_together_and_coming_back_takes_the_own_place()
    {
        var room = await Room.MakeAsync(server);
        var streams = new List<EventLine>();
        for (var i = 0; i < 3; i++)
        {
            streams.Add(new EventLine(server, room.Ada, room.Channel));
            await streams[i].ConnectAsync();
        }
        var sockets = new List<TestSocket> { await room.EnterAsync(room.Ada), await room.EnterAsync(room.Ada) };

        await using var sixth = new EventLine(server, room.Ada, room.Channel);
        await sixth.ConnectAsync();
        await using var again = new EventLine(server, room.Ada, room.Channel) { LastEventId = streams[0].LastEventId };
        await again.ConnectAsync();

        Assert.Equal("connection_limit", await sixth.EndAsync());
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
        Assert.Equal("4002", await streams[0].EndAsync());
        foreach (var stream in streams)
            await stream.DisposeAsync();
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task FB1_streams_count_over_all_nodes_and_one_that_comes_back_takes_its_own_place_from_the_other()
    {
        await using var neighbour = await server.StartNeighbourAsync();
        var room = await Room.MakeAsync(server);
        var streams = new List<EventLine>();
        for (var i = 0; i < 5; i++)
        {
            streams.Add(new EventLine(i % 2 == 0 ? server : neighbour, room.Ada, room.Channel));
            await streams[i].ConnectAsync();
        }

        await using var sixth = new EventLine(neighbour, room.Ada, room.Channel);
        await sixth.ConnectAsync();
        await using var again = new EventLine(neighbour, room.Ada, room.Channel) { LastEventId = streams[0].LastEventId };
        await again.ConnectAsync();

        Assert.Equal("connection_limit", await sixth.EndAsync());
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
        Assert.Equal("4002", await streams[0].EndAsync());
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task FB2_who_listens_by_a_stream_is_seen_and_sees_who_is_there()
    {
        var room = await Room.MakeAsync(server);
        var (socket, _) = await TestSocket.GreetAsync(server, room.Ada, null, new { channel = room.Channel, v = 0, presence = true });
        await using var ada = socket;
        await ada.NextAsync("presence");
        await using var bob = new EventLine(server, room.Bob, room.Channel, isPresent: true);
        await bob.ConnectAsync();

        var state = await bob.NextAsync("presence");

        Assert.Contains(room.Ada.Id.ToString(), state.GetRawText(), StringComparison.Ordinal);
        while (!(await ada.NextAsync("presence")).GetRawText().Contains(room.Bob.Id.ToString(), StringComparison.Ordinal))
        {
        }
    }

    [Fact]
    [Trait("spec", "RT-7")]
    public async Task FB1_a_stream_that_nobody_reads_holds_up_no_other_and_its_reader_comes_back_without_a_gap()
    {
        const int messages = 240;
        var room = await Room.MakeAsync(server);
        await using var slow = new EventLine(server, room.Bob, room.Channel);
        await slow.ConnectAsync();
        await using var quick = new EventLine(server, room.Bob, room.Channel);
        await quick.ConnectAsync();

        // 14 MB: more than every buffer on the way holds, while the queue of one stream is bounded by 1 MB.
        for (var i = 1; i <= messages; i++)
        {
            await quick.PostAsync(room.Thread, new string((char)('a' + (i % 26)), 60_000));
            Assert.Equal(i, (await quick.NextAsync("create")).GetProperty("v").GetInt64());
        }

        // It is caught up from the log as it reads, or was sent away as too slow and comes back.
        for (var version = 1; version <= messages;)
        {
            var message = await slow.NextOrEndAsync();
            if (message is null)
            {
                await slow.CutAsync();
                await slow.ConnectAsync();
            }
            else if (TestSocket.Op(message.Value) is "create")
            {
                Assert.Equal(version++, message.Value.GetProperty("v").GetInt64());
            }
        }
    }

    [Theory]
    [InlineData("/api/events", null)]
    [InlineData("/api/events?channels=thread:x@y", null)]
    [InlineData("/api/events?channels=thread:x", "nonsense")]
    [InlineData("/api/poll?cursor=nonsense", null)]
    [InlineData("/api/poll?wait=26", null)]
    [InlineData("/api/poll?channels=thread:x@y", null)]
    public async Task What_cannot_be_read_is_refused(string address, string? lastEventId)
    {
        var ada = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);

        using var response = await ada.Client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task FB4_a_poll_without_a_cursor_begins_now_and_is_answered_at_once()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "before"));

        var first = await PollAsync(room.Bob, $"channels={room.Channel}&wait=20");
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "after"));
        var next = await PollAsync(room.Bob, $"channels={room.Channel}&cursor={first.Cursor}");
        var again = await PollAsync(room.Bob, $"channels={room.Channel}&cursor={first.Cursor}");
        var none = await PollAsync(room.Bob, $"channels={room.Channel}&cursor={next.Cursor}");

        Assert.Empty(first.Messages);
        Assert.Equal(2, Assert.Single(next.Messages).GetProperty("v").GetInt64());
        Assert.Equal(2, Assert.Single(again.Messages).GetProperty("v").GetInt64());
        Assert.Empty(none.Messages);
    }

    [Fact]
    public async Task A_poll_that_waits_is_answered_when_something_happens_on_whatever_it_may_read()
    {
        var room = await Room.MakeAsync(server);
        var first = await PollAsync(room.Bob, "");
        var waiting = PollAsync(room.Bob, $"cursor={first.Cursor}&wait=20");

        var later = await TestServer.CreateThread(room.Ada, room.Workspace, "Later");
        var announced = await waiting;
        await using var ada = await room.EnterAsync(room.Ada);
        await ada.AnswerAsync(await ada.PostAsync(later, "in the new one"));
        var next = await PollAsync(room.Bob, $"cursor={announced.Cursor}&wait=20");

        Assert.Contains(announced.Messages, message => message.GetProperty("channel").GetString() == $"workspace:{room.Workspace}");
        Assert.Contains(next.Messages, message => message.GetProperty("channel").GetString() == $"thread:{later}");
    }

    [Fact]
    public async Task FB5_a_poll_that_waits_hears_what_is_ephemeral()
    {
        var room = await Room.MakeAsync(server);
        var cursor = (await PollAsync(room.Bob, $"channels=workspace:{room.Workspace}")).Cursor;
        await using var ada = await room.EnterAsync(room.Ada);
        var heads = PollAsync(room.Bob, $"channels=workspace:{room.Workspace}&cursor={cursor}&wait=20");

        // Until the poll has begun to listen nothing of it is heard.
        while (!heads.IsCompleted)
            await ada.AnswerAsync(await ada.PostAsync(room.Thread, "moved"));

        Assert.Contains((await heads).Messages, message => TestSocket.Op(message) is "heads");
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task FB6_as_many_polls_of_one_person_wait_as_connections_may_be_open()
    {
        var room = await Room.MakeAsync(server);
        var cursor = (await PollAsync(room.Bob, $"channels={room.Channel}")).Cursor;
        using var enough = new CancellationTokenSource();
        var polls = Enumerable.Range(0, 7).Select(_ => room.Bob.Client.GetAsync($"/api/poll?channels={room.Channel}&cursor={cursor}&wait=25", enough.Token)).ToList();

        // The two that are too many are answered at once.
        var refused = new[] { await await Task.WhenAny(polls), null };
        polls.RemoveAll(poll => poll.IsCompletedSuccessfully && poll.Result == refused[0]);
        refused[1] = await await Task.WhenAny(polls);

        Assert.All(refused, response => Assert.Equal(HttpStatusCode.TooManyRequests, response!.StatusCode));
        await enough.CancelAsync();
    }

    [Fact]
    [Trait("spec", "TH-2")]
    public async Task FB7_what_is_sent_together_is_taken_in_order_and_each_message_is_answered()
    {
        var room = await Room.MakeAsync(server);
        object Post(string id, string body) => new { type = "update", channel = room.Channel, id, payload = new { op = "create", resource = "message", data = new { body } } };

        using var response = await room.Ada.Client.PostAsJsonAsync("/api/send", new[]
        {
            Post("1", "one"), new { type = "sing", channel = room.Channel, id = "2" }, Post("3", "three"),
            new { type = "subscribe", channel = room.Channel, id = "4" }, Post("5", ""), Post("6", "six"),
        }, Stop);

        var answers = (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("messages").EnumerateArray()
            .ToDictionary(answer => answer.GetProperty("re").GetString()!, StringComparer.Ordinal);
        string[] taken = ["1", "3", "6"];
        string[] refused = ["2", "4", "5"];
        Assert.Equal([1L, 2L, 3L], taken.Select(id => answers[id].GetProperty("v").GetInt64()));
        Assert.All(refused, id => Assert.Equal("validation_failed", TestSocket.Code(answers[id])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("\"text\"")]
    [InlineData("{} {}")]
    public async Task What_is_no_message_is_refused_as_a_whole(string body)
    {
        var ada = await server.SignedInAs("ada");

        using var response = await ada.Client.PostAsync("/api/send", new StringContent(body, null, "application/json"), Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<(IReadOnlyList<JsonElement> Messages, string Cursor)> PollAsync(TestUser user, string query)
    {
        var body = await user.Client.GetFromJsonAsync<JsonElement>($"/api/poll?{query}", Stop);
        return ([.. body.GetProperty("messages").EnumerateArray()], body.GetProperty("cursor").GetString()!);
    }
}

/// <summary>What time and a stopping server do to a stream.</summary>
[Trait("spec", "RT-8")]
public sealed class FallbackTimeTests : IAsyncLifetime
{
    private readonly ShortTokenServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_token_that_runs_out_is_announced_and_then_ends_the_stream_with_4010()
    {
        var room = await Room.MakeAsync(server);
        await using var line = new EventLine(server, room.Ada, $"user:{room.Ada.Id}");
        await line.ConnectAsync();

        server.Time.Advance(TimeSpan.FromSeconds(42));
        server.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("4010", await line.EndAsync());
    }

    [Fact]
    [Trait("spec", "RE-5")]
    public async Task A_server_that_goes_away_says_so_and_another_goes_on_where_it_stopped()
    {
        var room = await Room.MakeAsync(server);
        await using var line = new EventLine(server, room.Bob, room.Channel);
        await line.ConnectAsync();

        await server.StopAsync();

        Assert.Equal("4000", await line.EndAsync());
        await server.StartAsync();
        using var ada = server.NewClient();
        ada.DefaultRequestHeaders.Authorization = room.Ada.Client.DefaultRequestHeaders.Authorization;
        await ada.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "meanwhile" });
        await line.ConnectAsync();
        Assert.Equal(1, (await line.NextAsync("create")).GetProperty("v").GetInt64());
    }

    private sealed class ShortTokenServer : FrozenTestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("Renexus:Sessions:AccessTokenLifetime", "00:01:40")];
    }
}
