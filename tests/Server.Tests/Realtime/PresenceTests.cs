using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Who is here, and who is typing (docs/spec/presence.md), on one node and on two.</summary>
[Trait("spec", "TH-4")]
public sealed class PresenceTests(PresenceTests.Quick server) : IClassFixture<PresenceTests.Quick>
{
    /// <summary>Whose connection is cut is missed at once.</summary>
    public sealed class Quick : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Realtime:PresenceGrace", "00:00:00")];
    }

    [Fact]
    public async Task PR1_whoever_asks_gets_the_state_and_then_who_comes_and_goes()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await EnterAsync(server, room, room.Ada);
        await NextAsync(ada, message => Has(message, "state", room.Ada) || Has(message, "join", room.Ada));

        var bob = await EnterAsync(server, room, room.Bob);
        await NextAsync(bob, message => Has(message, "state", room.Ada));
        await NextAsync(ada, message => Has(message, "join", room.Bob));
        await bob.DisposeAsync();

        var left = await NextAsync(ada, message => Has(message, "leave", room.Bob));
        Assert.True(left.GetProperty("payload").GetProperty("leave")[0].TryGetProperty("lastActiveAt", out _));
        Assert.False(left.TryGetProperty("v", out _));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from engine.change where resource = 'presence'"));
    }

    [Fact]
    public async Task PR2_a_person_with_two_devices_leaves_with_the_last_one()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await EnterAsync(server, room, room.Ada);
        var phone = await EnterAsync(server, room, room.Bob);
        await NextAsync(ada, message => Has(message, "join", room.Bob));
        var desk = await EnterAsync(server, room, room.Bob);

        await phone.DisposeAsync();
        var carol = await server.SignedInAs("carol");
        await TestServer.AddMember(room.Ada, room.Workspace, carol);
        await using var third = await EnterAsync(server, room, carol);
        // Whoever comes after it is told sees that nobody was told to have gone.
        var joined = await NextAsync(ada, message => Has(message, "join", carol) || Has(message, "leave", room.Bob));
        Assert.True(Has(joined, "join", carol));
        await desk.DisposeAsync();

        await NextAsync(ada, message => Has(message, "leave", room.Bob));
    }

    [Fact]
    public async Task PR3_a_person_on_another_node_is_seen_and_gone_with_it_and_typing_reaches_every_node()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await EnterAsync(server, room, room.Ada);
        await using (var other = await server.StartNeighbourAsync())
        {
            await using var bob = await EnterAsync(other, room, room.Bob);
            await NextAsync(ada, message => Has(message, "join", room.Bob));
            await NextAsync(bob, message => Has(message, "state", room.Ada) || Has(message, "join", room.Ada));

            await bob.SendAsync("update", room.Channel, new { op = "typing" });
            Assert.Equal(room.Bob.Id, (await ada.NextAsync("typing")).GetProperty("payload").GetProperty("userId").GetGuid());
        }

        await NextAsync(ada, message => Has(message, "leave", room.Bob));
    }

    [Fact]
    public async Task PR6_typing_is_told_without_an_answer_merged_and_never_kept()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await using var bob = await room.EnterAsync(room.Bob);

        for (var i = 0; i < 5; i++)
            await bob.SendAsync("update", room.Channel, new { op = "typing" });
        await bob.PostAsync(room.Thread, "done");

        var heard = new List<string?>();
        while (heard.LastOrDefault() is not "create")
            heard.Add(TestSocket.Op(await ada.NextAsync()));
        Assert.Equal(["typing", "create"], heard);
        Assert.Equal(1, await server.ScalarAsync<long>("select version from engine.channel where kind = 3 and id = $1", room.Thread));
        var unknown = await bob.AnswerAsync(await bob.SendAsync("update", room.Channel, new { op = "typing", loud = true }));
        Assert.Equal(ProblemCodes.ValidationFailed, TestSocket.Code(unknown));
        var nowhere = await bob.AnswerAsync(await bob.SendAsync("update", $"workspace:{room.Workspace}", new { op = "typing" }));
        Assert.Equal(ProblemCodes.ValidationFailed, TestSocket.Code(nowhere));
    }

    [Fact]
    public async Task A_workspace_says_who_is_connected_and_when_the_others_were_last()
    {
        var room = await Room.MakeAsync(server);
        var bob = await room.EnterAsync(room.Bob);

        Assert.True((await PresenceAsync(room, room.Bob)).Online);
        Assert.Null((await PresenceAsync(room, room.Ada)).LastActiveAt);
        await bob.DisposeAsync();

        await Eventually.TrueAsync("bob is away", TimeSpan.FromSeconds(60), async () => !(await PresenceAsync(room, room.Bob)).Online);
        Assert.NotNull((await PresenceAsync(room, room.Bob)).LastActiveAt);
        await room.Stranger.Client.GetAsync($"/api/workspaces/{room.Workspace}/presence").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    private static async Task<MemberPresence> PresenceAsync(Room room, TestUser user) =>
        (await room.Ada.Client.GetAsync($"/api/workspaces/{room.Workspace}/presence").ReadAsync<MemberPresences>()).Items.Single(one => one.UserId == user.Id);

    private static async Task<TestSocket> EnterAsync(TestServer node, Room room, TestUser user)
    {
        var (socket, _) = await TestSocket.GreetAsync(node, user, null, new { channel = room.Channel, presence = true });
        return socket;
    }

    private static async Task<JsonElement> NextAsync(TestSocket socket, Func<JsonElement, bool> isIt)
    {
        while (true)
        {
            var message = await socket.NextAsync("presence");
            if (isIt(message))
                return message;
        }
    }

    private static bool Has(JsonElement message, string list, TestUser user) =>
        message.GetProperty("payload").TryGetProperty(list, out var people) && people.EnumerateArray().Any(one => one.GetProperty("userId").GetGuid() == user.Id);
}
