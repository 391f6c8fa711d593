using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Naming somebody in a message (TH-3): whoever sees the thread learns of it, and nobody else.</summary>
[Trait("spec", "TH-3")]
public sealed class MentionTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Whoever_is_named_hears_it_on_the_own_channel_and_finds_it_in_the_list()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await ListenAsync(room.Bob);

        var message = await SayAsync(room.Ada, room.Thread, $"Can you look, {Of(room.Bob)}?");

        var news = (await bob.NextAsync("create")).GetProperty("payload");
        Assert.Equal(("mention", message.Id), (news.GetProperty("resource").GetString(), news.GetProperty("resourceId").GetGuid()));
        Assert.Equal(room.Thread, news.GetProperty("data").GetProperty("threadId").GetGuid());
        var mention = (await MentionsAsync(room.Bob)).Items.Single();
        Assert.Equal((message.Id, room.Workspace, true), (mention.Message.Id, mention.WorkspaceId, mention.Unread));
        Assert.Equal(1, (await ThreadAsync(room.Bob, room.Thread)).Mentions);
        Assert.Equal(0, (await ThreadAsync(room.Ada, room.Thread)).Mentions);
    }

    [Fact]
    public async Task Only_people_who_see_the_thread_are_named_and_nobody_names_himself()
    {
        var room = await Room.MakeAsync(server);
        var secret = (await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Ours", participants = new[] { room.Ada.Id } })
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;

        await SayAsync(room.Ada, secret, $"Not for {Of(room.Bob)}, nor for {Of(room.Stranger)}");
        await SayAsync(room.Ada, room.Thread, $"I, {Of(room.Ada)}, and {Of(room.Stranger)}");

        Assert.Empty((await MentionsAsync(room.Bob)).Items);
        Assert.Empty((await MentionsAsync(room.Stranger)).Items);
        Assert.Empty((await MentionsAsync(room.Ada)).Items);
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.UserKind, room.Stranger.Id), news => news.What.EndsWith(" mention", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_edit_names_and_takes_names_back_and_a_deletion_takes_them_all()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room.Ada, room.Thread, "Who?");
        await using var bob = await ListenAsync(room.Bob);

        await EditAsync(room, message.Id, $"{Of(room.Bob)}!");
        Assert.Equal("mention", (await bob.NextAsync("create")).GetProperty("payload").GetProperty("resource").GetString());
        await EditAsync(room, message.Id, $"{Of(room.Bob)}, still");
        await EditAsync(room, message.Id, "Nobody");
        Assert.Equal("mention", (await bob.NextAsync("delete")).GetProperty("payload").GetProperty("resource").GetString());
        Assert.Equal(0, (await ThreadAsync(room.Bob, room.Thread)).Mentions);
        await EditAsync(room, message.Id, $"{Of(room.Bob)} after all");
        await room.Ada.Client.DeleteAsync($"/api/messages/{message.Id}").ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Empty((await MentionsAsync(room.Bob)).Items);
        // Named, not named twice, taken back, named, taken back.
        Assert.Equal(
            ["create mention", "delete mention", "create mention", "delete mention"],
            (await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.UserKind, room.Bob.Id)).Select(a => a.What).Where(what => what.EndsWith("mention", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reading_reads_the_mentions_and_the_list_pages_newest_first()
    {
        var room = await Room.MakeAsync(server);
        var said = new List<Message>();
        for (var i = 0; i < 5; i++)
            said.Add(await SayAsync(room.Ada, room.Thread, $"{i} {Of(room.Bob)}"));

        await room.Bob.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/read", new { version = said[2].Version }).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(2, (await ThreadAsync(room.Bob, room.Thread)).Mentions);
        var first = await MentionsAsync(room.Bob, "?limit=2");
        var second = await MentionsAsync(room.Bob, $"?limit=2&cursor={first.Next}");
        var last = await MentionsAsync(room.Bob, $"?limit=2&cursor={second.Next}");
        Assert.Equal(said.AsEnumerable().Reverse().Select(m => m.Id), first.Items.Concat(second.Items).Concat(last.Items).Select(m => m.Message.Id));
        Assert.Null(last.Next);
        Assert.Equal([said[4].Id, said[3].Id], (await MentionsAsync(room.Bob, "?unread=true")).Items.Select(m => m.Message.Id));
        Assert.Empty((await MentionsAsync(room.Bob, $"?workspaceId={Guid.CreateVersion7()}")).Items);
        await room.Bob.Client.GetAsync("/api/me/mentions?cursor=x").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task Fifty_one_names_are_too_many()
    {
        var room = await Room.MakeAsync(server);
        var body = string.Join(' ', Enumerable.Range(0, 51).Select(i => MentionSyntax.Of(Guid.CreateVersion7(), $"P{i}")));

        await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task Messages_with_and_without_names_keep_their_order_in_one_batch()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var ids = new List<string>();
        for (var i = 0; i < 24; i++)
            ids.Add(await ada.PostAsync(room.Thread, i % 3 == 0 ? $"{i} {Of(room.Bob)}" : $"{i}", Guid.CreateVersion7().ToString()));

        var places = new List<long>();
        foreach (var id in ids)
            places.Add((await ada.AnswerToAsync(id)).GetProperty("v").GetInt64());

        Assert.Equal(Enumerable.Range(1, 24).Select(i => (long)i), places);
        Assert.Equal(8, (await ThreadAsync(room.Bob, room.Thread)).Mentions);
    }

    private static string Of(TestUser user) => MentionSyntax.Of(user.Id, "Some Body");

    private async Task<TestSocket> ListenAsync(TestUser user)
    {
        var (socket, _) = await TestSocket.GreetAsync(server, user, null, new { channel = $"user:{user.Id}" });
        await socket.NextAsync("subscribed");
        return socket;
    }

    private static Task<Message> SayAsync(TestUser user, Guid thread, string body) =>
        user.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body }).ReadAsync<Message>(HttpStatusCode.Created);

    private static Task EditAsync(Room room, Guid message, string body) =>
        room.Ada.Client.PatchAsJsonAsync($"/api/messages/{message}", new { body }).ShouldBeAsync(HttpStatusCode.OK);

    private static Task<ThreadInfo> ThreadAsync(TestUser user, Guid thread) => user.Client.GetAsync($"/api/threads/{thread}").ReadAsync<ThreadInfo>();

    private static Task<Page<Mention>> MentionsAsync(TestUser user, string query = "") => user.Client.GetAsync($"/api/me/mentions{query}").ReadAsync<Page<Mention>>();
}
