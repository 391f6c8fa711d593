using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>What open sockets hear once their person may not any more: nothing, on every node (SEC-AUTHZ-03). They are told by hints; the 5 s are
/// those of the position check, by which a node finds what no hint told it (CH7).</summary>
[Trait("spec", "OR-1")]
[Trait("security", "SEC-AUTHZ-03")]
public sealed class LeavingSocketsTests(LeavingSocketsTests.Cluster cluster) : IClassFixture<LeavingSocketsTests.Cluster>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Two nodes on one database.</summary>
    public sealed class Cluster : IAsyncLifetime
    {
        public TestServer First { get; } = new();

        public TestServer Second { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await First.InitializeAsync();
            Second = await First.StartNeighbourAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Second.DisposeAsync();
            await First.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_is_removed_hears_nothing_more_on_either_node()
    {
        var (owner, bob, workspace, thread) = await TeamAsync();
        await using var here = await ListenAsync(cluster.First, bob, workspace, thread);
        await using var there = await ListenAsync(cluster.Second, bob, workspace, thread);

        await owner.Client.DeleteAsync($"/api/workspaces/{workspace}/members/{bob.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await EndsAsync(here, there);
        await PostAsync(owner, thread);

        Assert.Empty(await LaterAsync(here, thread));
        Assert.Empty(await LaterAsync(there, thread));
        await RefusesAsync(there, thread, ProblemCodes.NotFound);
    }

    [Fact]
    [Trait("spec", "OR-4")]
    public async Task Nobody_hears_of_a_workspace_that_was_deleted_and_all_may_again_when_it_is_restored()
    {
        var (owner, bob, workspace, thread) = await TeamAsync();
        await using var here = await ListenAsync(cluster.First, owner, workspace, thread);
        await using var there = await ListenAsync(cluster.Second, bob, workspace, thread);

        await owner.Client.DeleteAsync($"/api/workspaces/{workspace}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await EndsAsync(here, there);
        foreach (var (socket, name) in new[] { (here, $"thread:{thread}"), (there, $"workspace:{workspace}") })
            Assert.Equal(ProblemCodes.UnknownChannel, TestSocket.Code(await socket.AnswerAsync(await socket.SendAsync("subscribe", name))));

        await owner.Client.PostAsync($"/api/workspaces/{workspace}/restore", null, Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("subscribed", TestSocket.Op(await there.AnswerAsync(await there.SendAsync("subscribe", $"thread:{thread}"))));
    }

    [Fact]
    public async Task Who_becomes_a_viewer_reads_on_and_writes_no_more_on_either_node()
    {
        var (owner, bob, workspace, thread) = await TeamAsync();
        await using var here = await ListenAsync(cluster.First, bob, workspace, thread);
        await using var there = await ListenAsync(cluster.Second, bob, workspace, thread);
        Assert.Equal("ack", TestSocket.Op(await there.AnswerAsync(await there.PostAsync(thread, "still", id: Guid.CreateVersion7().ToString()))));

        await owner.Client.PatchAsJsonAsync($"/api/workspaces/{workspace}/members/{bob.Id}", new { role = Roles.Viewer }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        // At once: each write is decided by the rows of its own transaction.
        await RefusesAsync(here, thread, ProblemCodes.Forbidden);
        await RefusesAsync(there, thread, ProblemCodes.Forbidden);
        await PostAsync(owner, thread);
        foreach (var socket in new[] { here, there })
            Assert.Equal("create", TestSocket.Op(await socket.NextAsync("create")));
    }

    [Fact]
    [Trait("spec", "OR-4")]
    public async Task A_deleted_account_is_out_of_every_node()
    {
        var (_, bob, workspace, thread) = await TeamAsync();
        await using var here = await ListenAsync(cluster.First, bob, workspace, thread);
        await using var there = await ListenAsync(cluster.Second, bob, workspace, thread);

        await bob.Client.DeleteAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(4504, await here.Closed);
        Assert.Equal(4504, await there.Closed);
    }

    [Fact]
    [Trait("spec", "OR-3")]
    public async Task Preferences_set_on_one_device_reach_the_other_on_another_node()
    {
        var ada = await cluster.First.SignedInAs("ada");
        var (there, _) = await TestSocket.GreetAsync(cluster.Second, ada, null, new { channel = $"user:{ada.Id}", v = 0 });
        await using var held = there;
        await there.NextAsync("subscribed");

        await ada.Client.PutAsJsonAsync("/api/me/preferences", new { theme = "dark" }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        while (true)
        {
            var payload = (await there.NextAsync("update")).GetProperty("payload");
            if (payload.GetProperty("resource").GetString() is not "preferences")
                continue;
            Assert.Equal("dark", payload.GetProperty("data").GetProperty("theme").GetString());
            return;
        }
    }

    private async Task<(TestUser Owner, TestUser Bob, Guid Workspace, Guid Thread)> TeamAsync()
    {
        var owner = await cluster.First.SignedInAs("ada");
        var bob = await cluster.First.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, workspace, bob);
        return (owner, bob, workspace, await TestServer.CreateThread(owner, workspace));
    }

    private static async Task<TestSocket> ListenAsync(TestServer node, TestUser user, Guid workspace, Guid thread)
    {
        var (socket, _) = await TestSocket.GreetAsync(node, user);
        foreach (var channel in new[] { $"workspace:{workspace}", $"thread:{thread}" })
            Assert.Equal("subscribed", TestSocket.Op(await socket.AnswerAsync(await socket.SendAsync("subscribe", channel))));
        return socket;
    }

    /// <summary>Both channels of each are taken away.</summary>
    private static async Task EndsAsync(params TestSocket[] sockets)
    {
        foreach (var socket in sockets)
        {
            for (var channel = 0; channel < 2; channel++)
                Assert.Equal(ProblemCodes.UnknownChannel, TestSocket.Code(await socket.ErrorAsync()));
        }
    }

    private static async Task PostAsync(TestUser user, Guid thread) =>
        await user.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "not for everybody" }, Stop).ShouldBeAsync(HttpStatusCode.Created);

    /// <summary>What came of a thread before the answer to a question that is asked now.</summary>
    private static async Task<List<string>> LaterAsync(TestSocket socket, Guid thread)
    {
        var question = await socket.SendAsync("unsubscribe", $"thread:{thread}");
        var came = new List<string>();
        while (true)
        {
            var message = await socket.NextAsync();
            if (message.TryGetProperty("re", out var re) && re.GetString() == question)
                return came;
            if (TestSocket.Op(message) is "create" or "update" or "delete")
                came.Add(message.GetRawText());
        }
    }

    private static async Task RefusesAsync(TestSocket socket, Guid thread, string code) =>
        Assert.Equal(code, TestSocket.Code(await socket.AnswerAsync(await socket.PostAsync(thread, "me too", id: Guid.CreateVersion7().ToString()))));
}
