using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary><c>content:ID</c>: what those who listen hear, and what they can say there (CO-3).</summary>
[Trait("spec", "CO-3")]
public sealed class ContentChannelTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    [Trait("spec", "RT-5")]
    public async Task Who_listens_hears_each_change_and_that_it_went_into_the_trash()
    {
        var desk = await Desk.SetAsync(server);
        var channel = $"content:{desk.Item.Id}";
        var (vera, _) = await TestSocket.GreetAsync(server, desk.Vera, null, new { channel, v = 0 });
        await using var listening = vera;
        await vera.NextAsync("subscribed");
        var (bob, _) = await TestSocket.GreetAsync(server, desk.Bob);
        await using var writing = bob;

        var id = Guid.CreateVersion7().ToString();
        var ack = await bob.AnswerAsync(await bob.SendAsync("update", channel, new { op = "update", resource = "content", @base = 1, data = new { title = "New" } }, id));
        var again = await bob.AnswerAsync(await bob.SendAsync("update", channel, new { op = "update", resource = "content", @base = 1, data = new { title = "New" } }, id));
        await bob.AnswerAsync(await bob.SendAsync("update", channel, new { op = "delete", resource = "content", resourceId = desk.Item.Id }, Guid.CreateVersion7().ToString()));

        Assert.Equal((1, 1), (ack.GetProperty("v").GetInt64(), again.GetProperty("v").GetInt64()));
        var changed = await vera.NextAsync("update");
        Assert.Equal(("New", 2, id), (changed.GetProperty("payload").GetProperty("data").GetProperty("title").GetString(), changed.GetProperty("payload").GetProperty("data").GetProperty("version").GetInt64(),
            changed.GetProperty("payload").GetProperty("cause").GetString()));
        Assert.Equal(2, (await vera.NextAsync("delete")).GetProperty("v").GetInt64());
    }

    [Fact]
    public async Task Who_holds_something_that_is_not_of_this_channel_gets_the_item_whole()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { body = "now" });
        var (vera, _) = await TestSocket.GreetAsync(server, desk.Vera);
        await using var listening = vera;

        await vera.SendAsync("subscribe", $"content:{desk.Item.Id}", new { v = 7, e = "another" });

        Assert.Equal("snapshot", (await vera.NextAsync("subscribed")).GetProperty("payload").GetProperty("mode").GetString());
        var state = (await vera.NextAsync("snapshot")).GetProperty("payload").GetProperty("state");
        var item = state.GetProperty("item");
        Assert.Equal(("now", 1, 2), (item.GetProperty("body").GetString(), item.GetProperty("document").GetInt64(), item.GetProperty("version").GetInt64()));
        Assert.Equal(0, state.GetProperty("comments").GetArrayLength());
    }

    [Fact]
    public async Task Cursors_of_those_who_write_are_seen_with_their_names_and_those_of_readers_are_not()
    {
        var desk = await Desk.SetAsync(server);
        var channel = $"content:{desk.Item.Id}";
        var (vera, _) = await TestSocket.GreetAsync(server, desk.Vera, null, new { channel, v = 0 });
        await using var listening = vera;
        await vera.NextAsync("subscribed");
        var (bob, _) = await TestSocket.GreetAsync(server, desk.Bob);
        await using var writing = bob;

        var refused = await vera.AnswerAsync(await vera.SendAsync("update", channel, new { op = "cursor", at = 0, anchor = 0, head = 1 }));
        var wrong = await bob.AnswerAsync(await bob.SendAsync("update", channel, new { op = "cursor", at = 0 }));
        await bob.SendAsync("update", channel, new { op = "cursor", at = 0, anchor = 3, head = 1, clientID = "editor-1" });

        var cursor = (await vera.NextAsync("cursor")).GetProperty("payload");
        Assert.Equal((ProblemCodes.Forbidden, ProblemCodes.ValidationFailed), (TestSocket.Code(refused), TestSocket.Code(wrong)));
        Assert.Equal((desk.Bob.Id, 3, 1, "editor-1"), (cursor.GetProperty("userId").GetGuid(), cursor.GetProperty("anchor").GetInt32(), cursor.GetProperty("head").GetInt32(), cursor.GetProperty("clientID").GetString()));
    }
}
