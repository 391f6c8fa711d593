using System.Net;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Listening: who may, from where, and what comes (RT-5).</summary>
[Trait("spec", "RT-5")]
public sealed class SubscriptionTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Without_a_version_a_thread_begins_live()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "before"));
        var (bob, _) = await TestSocket.GreetAsync(server, room.Bob);
        await using var held = bob;

        var subscribed = await bob.AnswerAsync(await bob.SendAsync("subscribe", room.Channel));
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "after"));

        Assert.Equal("live", subscribed.GetProperty("payload").GetProperty("mode").GetString());
        Assert.Equal(1, subscribed.GetProperty("v").GetInt64());
        var update = await bob.NextAsync();
        Assert.Equal(2, update.GetProperty("v").GetInt64());
        Assert.Equal("after", update.GetProperty("payload").GetProperty("data").GetProperty("body").GetString());
        Assert.Equal(room.Ada.Id, update.GetProperty("payload").GetProperty("actor").GetGuid());
    }

    [Fact]
    public async Task The_sender_hears_its_own_message_with_its_cause()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);

        var id = await ada.PostAsync(room.Thread, "hello");

        Assert.Equal(id, (await ada.NextAsync("create")).GetProperty("payload").GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Another_epoch_brings_a_snapshot()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "one"));

        var id = await ada.SendAsync("subscribe", room.Channel, new { v = 1, e = "of-before" });

        Assert.Equal("snapshot", (await ada.AnswerAsync(id)).GetProperty("payload").GetProperty("mode").GetString());
        var snapshot = await ada.NextAsync("snapshot");
        Assert.Equal(1, snapshot.GetProperty("v").GetInt64());
        Assert.True(snapshot.TryGetProperty("e", out _));
    }

    [Fact]
    public async Task A_version_from_the_future_brings_a_snapshot()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);

        var id = await ada.SendAsync("subscribe", room.Channel, new { v = 99 });

        Assert.Equal("snapshot", (await ada.AnswerAsync(id)).GetProperty("payload").GetProperty("mode").GetString());
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task What_is_not_for_me_and_what_is_not_there_look_the_same()
    {
        var room = await Room.MakeAsync(server);
        var (stranger, _) = await TestSocket.GreetAsync(server, room.Stranger);
        await using var held = stranger;
        var absent = Guid.CreateVersion7();

        foreach (var (name, there) in new[] { ("thread", room.Thread), ("workspace", room.Workspace), ("user", room.Ada.Id) })
        {
            var refused = await stranger.AnswerAsync(await stranger.SendAsync("subscribe", $"{name}:{there}"));
            var missing = await stranger.AnswerAsync(await stranger.SendAsync("subscribe", $"{name}:{absent}"));

            Assert.Equal("unknown_channel", TestSocket.Code(refused));
            Assert.Equal(
                refused.GetProperty("payload").GetRawText().Replace($"{there}", "", StringComparison.Ordinal),
                missing.GetProperty("payload").GetRawText().Replace($"{absent}", "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("thread:nonsense")]
    [InlineData("planet:01a1fc6c-23ed-71d8-8b51-1aa9aecbd68e")]
    [InlineData("thread")]
    public async Task A_name_that_is_no_channel_is_refused(string name)
    {
        var (socket, _) = await TestSocket.GreetAsync(server, await server.SignedInAs("ada"));
        await using var held = socket;

        Assert.Equal("unknown_channel", TestSocket.Code(await socket.AnswerAsync(await socket.SendAsync("subscribe", name))));
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task Removing_a_member_ends_the_subscriptions_of_that_person()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await room.EnterAsync(room.Bob);

        using var response = await room.Ada.Client.DeleteAsync(new Uri($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var ended = await bob.ErrorAsync();
        Assert.Equal("unknown_channel", TestSocket.Code(ended));
        Assert.Equal(room.Channel, ended.GetProperty("channel").GetString());
        Assert.Equal("not_found", TestSocket.Code(await bob.AnswerAsync(await bob.PostAsync(room.Thread, "still in?"))));
    }

    [Fact]
    public async Task After_unsubscribing_nothing_more_comes()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await room.EnterAsync(room.Bob);
        await using var ada = await room.EnterAsync(room.Ada);

        await bob.AnswerAsync(await bob.SendAsync("unsubscribe", room.Channel));
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "unheard"));
        var id = await bob.SendAsync("subscribe", $"user:{room.Bob.Id}");

        // The very next message is the answer: nothing of the thread came between.
        Assert.Equal(id, (await bob.NextAsync()).GetProperty("re").GetString());
    }

    [Fact]
    [Trait("spec", "TH-1")]
    public async Task A_new_thread_is_announced_to_the_workspace_and_a_private_one_to_its_participants_alone()
    {
        var room = await Room.MakeAsync(server);
        var carol = await server.SignedInAs("carol");
        await TestServer.AddMember(room.Ada, room.Workspace, carol);
        var (bob, _) = await TestSocket.GreetAsync(server, room.Bob, null, new { channel = $"user:{room.Bob.Id}" }, new { channel = $"workspace:{room.Workspace}" });
        await using var held = bob;
        await bob.NextAsync("subscribed");
        await bob.NextAsync("subscribed");

        await CreateAsync(room.Ada, room.Workspace, "Open", []);
        await CreateAsync(room.Ada, room.Workspace, "Ours", [room.Bob.Id]);
        await CreateAsync(room.Ada, room.Workspace, "Not ours", [carol.Id]);
        await CreateAsync(room.Ada, room.Workspace, "Open again", []);

        var heard = new[] { await TitleAsync(bob), await TitleAsync(bob), await TitleAsync(bob) };
        Assert.Equal(["Open", "Ours", "Open again"], heard);
    }

    private static async Task CreateAsync(TestUser user, Guid workspace, string title, Guid[] participants)
    {
        using var response = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            user.Client, $"/api/workspaces/{workspace}/threads", new { title, participants });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task<string> TitleAsync(TestSocket socket) =>
        (await socket.NextAsync("create")).GetProperty("payload").GetProperty("data").GetProperty("title").GetString()!;
}
