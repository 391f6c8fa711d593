using System.Net;
using System.Net.Http.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>The same promises over each transport: who may, what comes, in which order, and what an interruption costs (RT-5, RT-8).</summary>
[Trait("spec", "RT-5")]
[Trait("spec", "RT-8")]
public abstract class TransportTests(TestServer server)
{
    protected TestServer Server { get; } = server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract Line Open(TestUser user, string channel);

    [Fact]
    public async Task What_others_write_comes_once_and_in_order()
    {
        var room = await Room.MakeAsync(Server);
        await using var bob = Open(room.Bob, room.Channel);
        await bob.ConnectAsync();
        await BegunAsync(bob, room);

        await WriteAsync(room, 1, 20);

        await ExpectAsync(bob, 2, 21);
    }

    [Fact]
    public async Task FB2_what_is_missed_while_the_line_is_cut_comes_once_and_in_order()
    {
        var room = await Room.MakeAsync(Server);
        await using var bob = Open(room.Bob, room.Channel);
        await bob.ConnectAsync();
        await BegunAsync(bob, room);

        for (var cut = 0; cut < 3; cut++)
        {
            await bob.CutAsync();
            await WriteAsync(room, 1, 3);
            await bob.ConnectAsync();
            await WriteAsync(room, 1, 1);
            await ExpectAsync(bob, 2 + (cut * 4), 5 + (cut * 4));
        }
    }

    [Fact]
    [Trait("spec", "TH-2")]
    public async Task A_write_is_acknowledged_once_it_is_committed_and_a_repeated_one_as_the_first_time()
    {
        var room = await Room.MakeAsync(Server);
        await using var ada = Open(room.Ada, room.Channel);
        await ada.ConnectAsync();

        var first = await ada.PostAsync(room.Thread, "once", "intent");
        await ada.PostAsync(room.Thread, "between");
        var again = await ada.PostAsync(room.Thread, "once", "intent");

        Assert.Equal(("ack", "intent", 1), (TestSocket.Op(first), first.GetProperty("re").GetString(), first.GetProperty("v").GetInt64()));
        Assert.Equal((1, first.GetProperty("payload").GetRawText()), (again.GetProperty("v").GetInt64(), again.GetProperty("payload").GetRawText()));
        var stored = await room.Ada.Client.GetFromJsonAsync<System.Text.Json.JsonElement>($"/api/threads/{room.Thread}/messages", Stop);
        Assert.Equal(2, stored.GetProperty("items").GetArrayLength());
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_stranger_hears_and_writes_nothing_and_learns_nothing()
    {
        var room = await Room.MakeAsync(Server);
        await using var eve = Open(room.Stranger, room.Channel);
        await eve.ConnectAsync();

        var refused = await eve.NextAsync();

        Assert.Equal("unknown_channel", TestSocket.Code(refused));
        await using var other = Open(room.Stranger, $"user:{room.Stranger.Id}");
        await other.ConnectAsync();
        Assert.Equal("not_found", TestSocket.Code(await other.PostAsync(room.Thread, "hello?")));
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task Who_is_removed_hears_nothing_more()
    {
        var room = await Room.MakeAsync(Server);
        await using var bob = Open(room.Bob, room.Channel);
        await bob.ConnectAsync();
        await BegunAsync(bob, room);

        using var removed = await room.Ada.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await WriteAsync(room, 1, 1);

        // What was said in the moment of the removal may still have come.
        var told = await bob.NextAsync();
        if (TestSocket.Op(told) is "create")
            told = await bob.NextAsync();
        Assert.Equal("unknown_channel", TestSocket.Code(told));
    }

    [Fact]
    public async Task FB3_what_cannot_be_continued_is_announced_as_a_snapshot()
    {
        var room = await Room.MakeAsync(Server);
        await using var bob = Open(room.Bob, room.Channel);
        await bob.ConnectAsync();
        await BegunAsync(bob, room);
        await WriteAsync(room, 1, 1);
        await ExpectAsync(bob, 2, 2);
        await bob.CutAsync();
        await WriteAsync(room, 1, 1);

        // As after a restore: versions count in another epoch.
        await using (var command = Server.Database.Login.CreateCommand("update engine.channel set epoch = epoch + 1 where id = any ($1)"))
        {
            command.Parameters.AddWithValue(new[] { room.Thread, room.Bob.Id });
            await command.ExecuteNonQueryAsync(Stop);
        }
        await bob.ConnectAsync();

        var subscribed = await bob.NextAsync("subscribed");
        Assert.Equal("snapshot", subscribed.GetProperty("payload").GetProperty("mode").GetString());
        var snapshot = await bob.NextAsync();
        Assert.Equal("snapshot", TestSocket.Op(snapshot));
        Assert.Equal(3, snapshot.GetProperty("payload").GetProperty("state").GetProperty("messages").GetArrayLength());
        await WriteAsync(room, 1, 1);
        Assert.Equal(4, (await bob.NextAsync("create")).GetProperty("v").GetInt64());
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task A_log_in_that_is_ended_ends_the_line()
    {
        var room = await Room.MakeAsync(Server);
        await using var bob = Open(room.Bob, room.Channel);
        await bob.ConnectAsync();
        await BegunAsync(bob, room);
        var end = bob.EndAsync();

        using var response = await room.Bob.Client.PostAsJsonAsync("/api/auth/logout", new { }, Stop);

        Assert.Contains(await end, (string[])["4504", "unauthenticated"]);
    }

    /// <summary>The first message has come: from here on the line listens.</summary>
    private static async Task BegunAsync(Line line, Room room)
    {
        await WriteAsync(room, 1, 1);
        Assert.Equal(1, (await line.NextAsync("create")).GetProperty("v").GetInt64());
    }

    private static async Task WriteAsync(Room room, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            using var response = await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = $"{i}" }, Stop);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    private static async Task ExpectAsync(Line line, long from, long to)
    {
        for (var version = from; version <= to; version++)
            Assert.Equal(version, (await line.NextAsync("create")).GetProperty("v").GetInt64());
    }
}

public sealed class SocketTransportTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new SocketLine(Server, user, channel);
}

public sealed class EventTransportTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new EventLine(Server, user, channel);
}

public sealed class PollTransportTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new PollLine(Server, user, channel);
}
