using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>What keeps thread lists fresh: who hears that a thread moved, and how often (docs/spec/changes.md, Heads).</summary>
[Trait("spec", "TH-4")]
public sealed class ThreadHeadsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Members_hear_on_their_workspace_how_far_an_open_thread_has_moved()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await ListenAsync(room.Bob, $"workspace:{room.Workspace}");

        await SayAsync(room.Ada, room.Thread, 3);

        Assert.Equal(3, await HeadOfAsync(bob, room.Thread, 3));
    }

    [Fact]
    public async Task Only_those_who_see_a_private_thread_hear_of_it_each_on_his_own_channel()
    {
        var room = await Room.MakeAsync(server);
        var carol = await server.SignedInAs("carol");
        await TestServer.AddMember(room.Ada, room.Workspace, carol, "admin");
        var secret = (await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Ours", participants = new[] { room.Bob.Id } })
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await using var bob = await ListenAsync(room.Bob, $"user:{room.Bob.Id}");
        await using var curious = await ListenAsync(carol, $"workspace:{room.Workspace}", $"user:{carol.Id}");

        await SayAsync(room.Ada, secret, 2);
        Assert.Equal(2, await HeadOfAsync(bob, secret, 2));
        // An open thread that moves later shows that nothing of the private one came before.
        await SayAsync(room.Ada, room.Thread, 1);

        var heads = await curious.NextAsync("heads");
        Assert.DoesNotContain(secret, ThreadsOf(heads).Select(head => head.Id));
        Assert.Contains((room.Thread, 1L), ThreadsOf(heads));
    }

    [Fact]
    public async Task Whoever_left_hears_no_more_of_a_private_thread()
    {
        var room = await Room.MakeAsync(server);
        var secret = (await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Ours", participants = new[] { room.Bob.Id } })
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        var shared = await TestServer.CreateWorkspace(room.Ada);
        await TestServer.AddMember(room.Ada, shared, room.Bob);
        var other = (await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{shared}/threads", new { title = "Still ours", participants = new[] { room.Bob.Id } })
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await using var bob = await ListenAsync(room.Bob, $"user:{room.Bob.Id}");
        await room.Ada.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}").ShouldBeAsync(HttpStatusCode.NoContent);

        await SayAsync(room.Ada, secret, 1);
        await SayAsync(room.Ada, other, 1);

        Assert.Equal([(other, 1L)], ThreadsOf(await bob.NextAsync("heads")));
    }

    [Fact]
    public async Task Many_messages_are_told_of_together()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await ListenAsync(room.Bob, $"workspace:{room.Workspace}");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = i.ToString(CultureInfo.InvariantCulture) }).ShouldBeAsync(HttpStatusCode.Created)));

        var told = 0;
        for (var head = 0L; head < 200; told++)
            head = ThreadsOf(await bob.NextAsync("heads")).Single().Version;
        Assert.InRange(told, 1, 40);
    }

    [Fact]
    public async Task What_another_node_committed_is_told_here_too()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await ListenAsync(room.Bob, $"workspace:{room.Workspace}");
        using var elsewhere = new Database(server.Database.App, server.Database.Log, NullLogger<Database>.Instance, new DatabaseLimits());
        await using var hints = new HintBus(elsewhere, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        hints.Start();

        hints.Add(Channels.Thread(room.Thread), 7);

        Assert.Equal(7, await HeadOfAsync(bob, room.Thread, 7));
    }

    private async Task<TestSocket> ListenAsync(TestUser user, params string[] channels)
    {
        var (socket, _) = await TestSocket.GreetAsync(server, user, null, [.. channels.Select(channel => new { channel })]);
        foreach (var _ in channels)
            await socket.NextAsync("subscribed");
        return socket;
    }

    private static async Task SayAsync(TestUser author, Guid thread, int times)
    {
        for (var i = 0; i < times; i++)
            await author.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "hi" }).ShouldBeAsync(HttpStatusCode.Created);
    }

    /// <summary>Waits until it is told that the thread has come this far.</summary>
    private static async Task<long> HeadOfAsync(TestSocket socket, Guid thread, long version)
    {
        var head = 0L;
        while (head < version)
            head = ThreadsOf(await socket.NextAsync("heads")).Where(one => one.Id == thread).Select(one => one.Version).DefaultIfEmpty().Max();
        return head;
    }

    private static (Guid Id, long Version)[] ThreadsOf(JsonElement heads) =>
    [
        .. heads.GetProperty("payload").GetProperty("threads").EnumerateArray()
            .Select(one => (one.GetProperty("id").GetGuid(), one.GetProperty("v").GetInt64())),
    ];
}
