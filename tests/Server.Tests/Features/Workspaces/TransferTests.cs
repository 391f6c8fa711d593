using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Workspaces;

/// <summary>Giving a workspace away, and leaving it (OR-2).</summary>
[Trait("spec", "OR-2")]
public class TransferTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_gets_it_owns_it_and_whoever_gave_it_stays_as_an_admin()
    {
        var (owner, bob, id) = await TeamAsync(Roles.Editor);

        await TransferAsync(owner, id, bob.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(Roles.Owner, await RoleAsync(bob, id));
        Assert.Equal(Roles.Admin, await RoleAsync(owner, id));
        Assert.Equal(["update member", "update member"], (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id)).TakeLast(2).Select(a => a.What));
        Assert.Equal("update membership", (await server.AnnouncedOnAsync(Channels.UserKind, bob.Id)).Last(a => a.What.EndsWith(" membership", StringComparison.Ordinal)).What);
        // And is free to go.
        await LeaveAsync(owner, id).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(Roles.Admin)]
    [InlineData(Roles.Editor)]
    [InlineData(Roles.Viewer)]
    public async Task Nobody_else_gives_it_away(string role)
    {
        var (owner, bob, id) = await TeamAsync(role);

        await TransferAsync(bob, id, bob.Id).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        Assert.Equal(Roles.Owner, await RoleAsync(owner, id));
    }

    [Fact]
    public async Task It_goes_to_a_member_and_not_to_oneself()
    {
        var (owner, _, id) = await TeamAsync(Roles.Editor);
        var stranger = await server.SignedInAs("eve");

        foreach (var heir in new[] { stranger.Id, Guid.CreateVersion7(), owner.Id })
        {
            var problem = await TransferAsync(owner, id, heir).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
            Assert.Contains("userId", problem.Errors!.Keys);
        }
        await owner.Client.PostAsJsonAsync($"/api/workspaces/{id}/transfer", new { }, Stop).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(Roles.Owner, await RoleAsync(owner, id));
    }

    [Fact]
    public async Task Two_owners_who_leave_at_once_leave_one_behind()
    {
        for (var round = 0; round < 5; round++)
        {
            var (owner, bob, id) = await TeamAsync(Roles.Owner);

            var answers = await Task.WhenAll(LeaveAsync(owner, id), LeaveAsync(bob, id));

            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Conflict);
            Assert.Equal(1L, await OwnersAsync(id));
        }
    }

    [Fact]
    public async Task Giving_away_leaving_and_demoting_at_once_never_leaves_it_without_an_owner()
    {
        for (var round = 0; round < 5; round++)
        {
            var (owner, bob, id) = await TeamAsync(Roles.Owner);
            var heir = await server.SignedInAs("heir");
            await TestServer.AddMember(owner, id, heir, Roles.Viewer);

            await Task.WhenAll(
                TransferAsync(owner, id, heir.Id), LeaveAsync(bob, id), LeaveAsync(heir, id),
                owner.Client.PatchAsJsonAsync($"/api/workspaces/{id}/members/{bob.Id}", new { role = Roles.Viewer }, Stop),
                bob.Client.PatchAsJsonAsync($"/api/workspaces/{id}/members/{owner.Id}", new { role = Roles.Viewer }, Stop));

            Assert.True(await OwnersAsync(id) > 0);
        }
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_member_is_removed_only_as_known_when_that_is_asked()
    {
        var (owner, bob, id) = await TeamAsync(Roles.Editor);
        var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/workspaces/{id}/members/{bob.Id}");
        request.Headers.TryAddWithoutValidation("If-Match", "\"7\"");

        await owner.Client.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);

        Assert.Equal(Roles.Editor, await RoleAsync(bob, id));
    }

    private async Task<(TestUser Owner, TestUser Bob, Guid Id)> TeamAsync(string role)
    {
        var owner = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var id = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, id, bob, role);
        return (owner, bob, id);
    }

    private Task<long> OwnersAsync(Guid id) =>
        server.ScalarAsync<long>("select count(*) from workspaces.membership where workspace_id = $1 and role = 'owner'", id);

    private static async Task<string?> RoleAsync(TestUser user, Guid id) =>
        (await user.Client.GetAsync($"/api/workspaces/{id}", Stop).ReadAsync<Workspace>()).Role;

    private static Task<HttpResponseMessage> TransferAsync(TestUser user, Guid id, Guid heir) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{id}/transfer", new { userId = heir }, Stop);

    private static Task<HttpResponseMessage> LeaveAsync(TestUser user, Guid id) =>
        user.Client.DeleteAsync($"/api/workspaces/{id}/members/{user.Id}", Stop);
}
