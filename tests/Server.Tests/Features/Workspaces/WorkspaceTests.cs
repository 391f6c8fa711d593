using System.Net;
using System.Net.Http.Json;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Workspaces;

[Trait("spec", "OR-1")]
public class WorkspaceTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_makes_a_workspace_owns_it()
    {
        var owner = await server.SignedInAs("ada");

        using var response = await owner.Client.PostAsJsonAsync("/api/workspaces", new { name = " Newsroom " }, Stop);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        var made = (await response.Content.ReadFromJsonAsync<Workspace>(ContractsJson.Lenient.Options, Stop))!;
        Assert.Equal(("Newsroom", Roles.Owner, 1), (made.Name, made.Role, made.Version));
        Assert.Equal($"/api/workspaces/{made.Id}", response.Headers.Location?.ToString());
        Assert.Equal(made, await owner.Client.GetAsync($"/api/workspaces/{made.Id}", Stop).ReadAsync<Workspace>());
        var member = Assert.Single((await owner.Client.GetAsync($"/api/workspaces/{made.Id}/members", Stop).ReadAsync<Page<Member>>()).Items);
        Assert.Equal((owner.Id, owner.Name, owner.Email, Roles.Owner), (member.UserId, member.Name, member.Email, member.Role));
    }

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task Each_change_is_announced_to_the_workspace_and_the_making_and_unmaking_to_its_people()
    {
        var owner = await server.SignedInAs("ada");
        var id = await TestServer.CreateWorkspace(owner);
        await PatchAsync(owner, id, new { name = "Desk" }).ShouldBeAsync(HttpStatusCode.OK);
        await owner.Client.DeleteAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        var workspace = await server.AnnouncedOnAsync(Channels.WorkspaceKind, id);
        var user = await server.AnnouncedOnAsync(Channels.UserKind, owner.Id);

        Assert.Equal(["create workspace", "update workspace", "delete workspace"], workspace.Select(a => a.What));
        Assert.Equal("Desk", workspace[1].Data.GetProperty("name").GetString());
        Assert.All(workspace, a => Assert.False(a.Data.TryGetProperty("role", out _)));
        Assert.Equal(["create membership", "delete membership"], user.Skip(2).Select(a => a.What));
        Assert.Equal(id, user[2].Data.GetProperty("workspaceId").GetGuid());
        Assert.Equal(Roles.Owner, user[2].Data.GetProperty("role").GetString());
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_workspace_and_somebody_elses_is_a_conflict()
    {
        var owner = await server.SignedInAs("ada");
        var other = await server.SignedInAs("bob");
        var id = Guid.CreateVersion7();
        var first = await owner.Client.PostAsJsonAsync("/api/workspaces", new { id, name = "Newsroom" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created);

        var again = await owner.Client.PostAsJsonAsync("/api/workspaces", new { id, name = "Newsroom" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created);

        Assert.Equal(first, again);
        Assert.Single(await server.AnnouncedOnAsync(Channels.WorkspaceKind, id));
        await other.Client.PostAsJsonAsync("/api/workspaces", new { id, name = "Mine" }, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task The_same_id_many_times_at_once_is_one_workspace()
    {
        var owner = await server.SignedInAs("ada");
        var id = Guid.CreateVersion7();

        var made = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => owner.Client.PostAsJsonAsync("/api/workspaces", new { id, name = "Newsroom" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created)));

        Assert.Single(made.Distinct());
        Assert.Single(await server.AnnouncedOnAsync(Channels.WorkspaceKind, id));
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task The_list_pages_and_has_only_ones_own()
    {
        var owner = await server.SignedInAs("ada");
        await TestServer.CreateWorkspace(await server.SignedInAs("bob"));
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
            ids.Add(await TestServer.CreateWorkspace(owner, $"W{i}"));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await owner.Client.GetAsync($"/api/workspaces?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", Stop).ReadAsync<Page<Workspace>>();
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(w => w.Id));
            cursor = page.Next;
            if (seen.Count == 2)
                ids.Add(await TestServer.CreateWorkspace(owner, "Made meanwhile"));
        }
        while (cursor is not null);

        Assert.Equal(ids.Order(), seen);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    public async Task A_page_that_does_not_exist_is_refused(string query, string field)
    {
        var owner = await server.SignedInAs("ada");

        var problem = await owner.Client.GetAsync($"/api/workspaces?{query}", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":" "}""")]
    [InlineData("""{"name":"two\nlines"}""")]
    [InlineData("""{"name":"Newsroom","role":"owner"}""")]
    [InlineData("""{"name":"Newsroom","id":"00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"name":"Newsroom","id":"nonsense"}""")]
    public async Task Bad_input_is_refused(string body)
    {
        var owner = await server.SignedInAs("ada");

        await owner.Client.PostAsync("/api/workspaces", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_change_based_on_an_old_version_gets_the_current_state()
    {
        var owner = await server.SignedInAs("ada");
        var id = await TestServer.CreateWorkspace(owner);
        await PatchAsync(owner, id, new { name = "First" }, "\"1\"").ShouldBeAsync(HttpStatusCode.OK);

        await PatchAsync(owner, id, new { name = "Second" }, "\"1\"").ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PatchAsync(owner, id, new { name = $"W{i}" }, "\"2\"")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData(Roles.Admin, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Editor, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Viewer, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [Trait("security", "SEC-AUTHZ-01")]
    public async Task Each_role_may_what_the_table_says(string role, HttpStatusCode renaming, HttpStatusCode deleting)
    {
        var owner = await server.SignedInAs("ada");
        var member = await server.SignedInAs("bob");
        var id = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, id, member, role);

        Assert.Equal(role, (await member.Client.GetAsync($"/api/workspaces/{id}", Stop).ReadAsync<Workspace>()).Role);
        await PatchAsync(member, id, new { name = "Renamed" }).ShouldBeAsync(renaming);
        await member.Client.DeleteAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(deleting);
    }

    [Fact]
    public async Task A_deleted_workspace_is_gone_for_everybody_and_its_id_stays_taken()
    {
        var owner = await server.SignedInAs("ada");
        var member = await server.SignedInAs("bob");
        var id = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, id, member);

        await owner.Client.DeleteAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        foreach (var person in new[] { owner, member })
        {
            await person.Client.GetAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
            await person.Client.GetAsync($"/api/workspaces/{id}/members", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
            Assert.Empty((await person.Client.GetAsync("/api/workspaces", Stop).ReadAsync<Page<Workspace>>()).Items);
            Assert.Equal("delete membership", (await server.AnnouncedOnAsync(Channels.UserKind, person.Id))[^1].What);
        }

        await owner.Client.PostAsJsonAsync("/api/workspaces", new { id, name = "Again" }, Stop).ShouldBeAsync(HttpStatusCode.Conflict);
    }

    private static Task<HttpResponseMessage> PatchAsync(TestUser user, Guid id, object body, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/workspaces/{id}") { Content = JsonContent.Create(body) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return user.Client.SendAsync(request, Stop);
    }
}
