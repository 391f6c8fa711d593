using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Reactions (TH-3): one of each emoji for each person, told live, counted in the history.</summary>
[Trait("spec", "TH-3")]
public sealed class ReactionTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Reactions_of_several_people_stand_together_in_the_history_and_are_heard_live()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "ship it");
        await using var bob = await room.EnterAsync(room.Bob);

        var adas = await ReactAsync(room.Ada, message, "🎉").ReadAsync<Reaction>();
        await ReactAsync(room.Bob, message, "🎉").ShouldBeAsync(HttpStatusCode.OK);
        await ReactAsync(room.Bob, message, "❤️").ShouldBeAsync(HttpStatusCode.OK);

        var heard = await bob.NextAsync("create");
        while (heard.GetProperty("payload").GetProperty("resource").GetString() != "reaction")
            heard = await bob.NextAsync("create");
        Assert.Equal(adas.Id, heard.GetProperty("payload").GetProperty("resourceId").GetGuid());
        Assert.Equal(
            (message, "🎉", room.Ada.Id),
            (heard.GetProperty("payload").GetProperty("data").GetProperty("messageId").GetGuid(), heard.GetProperty("payload").GetProperty("data").GetProperty("emoji").GetString(),
             heard.GetProperty("payload").GetProperty("data").GetProperty("userId").GetGuid()));
        var groups = (await GetAsync(room, message)).Reactions;
        Assert.Equal(["❤️", "🎉"], groups.Select(group => group.Emoji));
        Assert.Equal(new[] { room.Ada.Id, room.Bob.Id }.Order(), groups[1].UserIds.Order());
        var listed = (await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}/messages").ReadAsync<Page<Message>>()).Items.Single();
        Assert.Equal(groups.Select(group => group.UserIds.Count), listed.Reactions.Select(group => group.UserIds.Count));
    }

    [Fact]
    public async Task Reacting_twice_is_one_reaction_and_taking_back_twice_is_none()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "again");

        var first = await ReactAsync(room.Ada, message, "👍").ReadAsync<Reaction>();
        var again = await ReactAsync(room.Ada, message, "👍").ReadAsync<Reaction>();
        await RemoveAsync(room.Ada, message, "👍").ShouldBeAsync(HttpStatusCode.NoContent);
        await RemoveAsync(room.Ada, message, "👍").ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(first, again);
        Assert.Empty((await GetAsync(room, message)).Reactions);
        var announced = (await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.ThreadKind, room.Thread)).Select(a => a.What).ToArray();
        Assert.Equal(["create message", "create reaction", "delete reaction"], announced);
    }

    [Fact]
    public async Task The_same_reaction_from_many_devices_at_once_is_one()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "hurry");

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ReactAsync(room.Ada, message, "👍").ShouldBeAsync(HttpStatusCode.OK)));

        Assert.Equal([room.Ada.Id], (await GetAsync(room, message)).Reactions.Single().UserIds);
        Assert.Equal(2, (await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.ThreadKind, room.Thread)).Count);
    }

    [Fact]
    public async Task A_socket_reacts_and_takes_back_and_a_repeated_write_is_answered_as_the_first_time()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "over the wire");
        await using var ada = await room.EnterAsync(room.Ada);
        var id = Guid.CreateVersion7().ToString();

        var ack = await ada.AnswerAsync(await WriteAsync(ada, room, "create", null, new { messageId = message, emoji = "👀" }, id));
        var again = await ada.AnswerAsync(await WriteAsync(ada, room, "create", null, new { messageId = message, emoji = "👀" }, id));
        Assert.Equal(("ack", id), (TestSocket.Op(ack), ack.GetProperty("payload").GetProperty("resourceId").GetString()));
        Assert.Equal(ack.GetProperty("v").GetInt64(), again.GetProperty("v").GetInt64());
        var gone = await ada.AnswerAsync(await WriteAsync(ada, room, "delete", id, new { }));
        Assert.Equal("ack", TestSocket.Op(gone));
        Assert.Empty((await GetAsync(room, message)).Reactions);
        var unknown = await ada.AnswerAsync(await WriteAsync(ada, room, "delete", id, new { }));
        Assert.Equal(ProblemCodes.NotFound, TestSocket.Code(unknown));
        var meaningless = await ada.AnswerAsync(await WriteAsync(ada, room, "create", null, new { emoji = "👀" }));
        Assert.Equal(ProblemCodes.ValidationFailed, TestSocket.Code(meaningless));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ok")]
    [InlineData("👍👍")]
    [InlineData("👍 ")]
    [InlineData("<b>")]
    public async Task Only_a_single_emoji_is_taken(string emoji)
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "no");

        await ReactAsync(room.Ada, message, emoji).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Theory]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("🇩🇪")]
    [InlineData("1️⃣")]
    [InlineData("👍🏽")]
    public async Task An_emoji_may_be_composed_of_many_signs(string emoji)
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "yes");

        await ReactAsync(room.Ada, message, emoji).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(emoji, (await GetAsync(room, message)).Reactions.Single().Emoji);
    }

    [Fact]
    public async Task A_message_takes_thirty_different_emoji_and_says_so_at_the_next()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "many");
        var many = Enumerable.Range(0x1F600, 31).Select(char.ConvertFromUtf32).ToArray();
        foreach (var emoji in many[..30])
            await ReactAsync(room.Ada, message, emoji).ShouldBeAsync(HttpStatusCode.OK);

        var problem = await ReactAsync(room.Ada, message, many[30]).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("30", problem.Detail!, StringComparison.Ordinal);
        await ReactAsync(room.Bob, message, many[0]).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_edit_keeps_the_reactions_and_a_deletion_takes_them_along()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "drafft");
        await ReactAsync(room.Bob, message, "👍").ShouldBeAsync(HttpStatusCode.OK);

        var edited = await room.Ada.Client.PatchAsJsonAsync($"/api/messages/{message}", new { body = "draft" }).ReadAsync<Message>();
        await room.Ada.Client.DeleteAsync($"/api/messages/{message}").ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal([room.Bob.Id], edited.Reactions.Single().UserIds);
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from threads.reaction where message_id = $1", message));
        await ReactAsync(room.Bob, message, "👍").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    private static Task<string> WriteAsync(TestSocket socket, Room room, string op, string? resourceId, object data, string? id = null) =>
        socket.SendAsync("update", room.Channel, new { op, resource = "reaction", resourceId, data }, id ?? Guid.CreateVersion7().ToString());

    private static async Task<Guid> SayAsync(Room room, string body) =>
        (await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }).ReadAsync<Message>(HttpStatusCode.Created)).Id;

    private static Task<Message> GetAsync(Room room, Guid message) => room.Bob.Client.GetAsync($"/api/messages/{message}").ReadAsync<Message>();

    private static Task<HttpResponseMessage> ReactAsync(TestUser user, Guid message, string emoji) =>
        user.Client.PostAsJsonAsync($"/api/messages/{message}/reactions", new { emoji });

    private static Task<HttpResponseMessage> RemoveAsync(TestUser user, Guid message, string emoji) =>
        user.Client.DeleteAsync($"/api/messages/{message}/reactions/{Uri.EscapeDataString(emoji)}");
}
