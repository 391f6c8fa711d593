using System.Net;
using System.Net.Http.Json;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Workspaces;

[Trait("spec", "OR-1")]
public class MembersTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_with_an_account_is_a_member_at_once_and_hears_of_it()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");

        var member = await AddAsync(owner, id, bob.Email.ToUpperInvariant(), Roles.Editor).ReadAsync<Member>(HttpStatusCode.Created);

        Assert.Equal((bob.Id, bob.Name, bob.Email, Roles.Editor, 1), (member.UserId, member.Name, member.Email, member.Role, member.Version));
        Assert.Equal(Roles.Editor, (await bob.Client.GetAsync($"/api/workspaces/{id}", Stop).ReadAsync<Workspace>()).Role);
        Assert.Equal("create member", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id))[^1].What);
        var (what, data) = (await server.AnnouncedOnAsync(Channels.UserKind, bob.Id)).Last(a => a.What.EndsWith(" membership", StringComparison.Ordinal));
        Assert.Equal(("create membership", id, Roles.Editor), (what, data.GetProperty("workspaceId").GetGuid(), data.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task A_member_cannot_be_added_again_not_even_at_the_same_time()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AddAsync(owner, id, bob.Email, Roles.Editor)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Admin, HttpStatusCode.Created)]
    [InlineData(Roles.Admin, Roles.Owner, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Editor, Roles.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Viewer, Roles.Viewer, HttpStatusCode.Forbidden)]
    public async Task Admins_bring_people_in_and_only_owners_make_owners(string role, string given, HttpStatusCode expected)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, role);
        var eve = await server.SignedInAs("eve");

        await AddAsync(bob, id, eve.Email, given).ShouldBeAsync(expected);
        // What one may not do tells nothing about who has an account.
        await AddAsync(bob, id, $"nobody-{Guid.CreateVersion7():n}@example.com", given)
            .ShouldBeAsync(expected == HttpStatusCode.Created ? HttpStatusCode.Accepted : expected);
    }

    [Theory]
    [InlineData("""{"role":"editor"}""", "email")]
    [InlineData("""{"email":"no address","role":"editor"}""", "email")]
    [InlineData("""{"email":"bob@example.com"}""", "role")]
    [InlineData("""{"email":"bob@example.com","role":"king"}""", "role")]
    [InlineData("""{"email":"bob@example.com","role":"Owner"}""", "role")]
    [InlineData("""{"email":"bob@example.com","role":"editor","userId":"01a1fc6b-ba70-76fc-80a3-21d7b9887bdc"}""", "userId")]
    public async Task Bad_input_is_refused_and_its_field_named(string body, string field)
    {
        var (owner, id) = await WorkspaceAsync();

        var problem = await owner.Client.PostAsync($"/api/workspaces/{id}/members", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task Every_member_sees_the_members_page_by_page()
    {
        var (owner, id) = await WorkspaceAsync();
        var people = new List<TestUser> { owner };
        for (var i = 0; i < 4; i++)
            people.Add(await MemberAsync(owner, id, Roles.Viewer));

        var first = await people[4].Client.GetAsync($"/api/workspaces/{id}/members?limit=3", Stop).ReadAsync<Page<Member>>();
        var second = await people[4].Client.GetAsync($"/api/workspaces/{id}/members?limit=3&cursor={first.Next}", Stop).ReadAsync<Page<Member>>();

        Assert.Equal(people.Select(p => p.Id).Order(), first.Items.Concat(second.Items).Select(m => m.UserId));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task A_member_gets_another_role_and_hears_of_it()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, Roles.Viewer);

        var member = await ChangeAsync(owner, id, bob.Id, Roles.Admin).ReadAsync<Member>();

        Assert.Equal((Roles.Admin, 2), (member.Role, member.Version));
        Assert.Equal("update member", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id))[^1].What);
        var (what, data) = (await server.AnnouncedOnAsync(Channels.UserKind, bob.Id)).Last(a => a.What.EndsWith(" membership", StringComparison.Ordinal));
        Assert.Equal(("update membership", Roles.Admin), (what, data.GetProperty("role").GetString()));
        await ChangeAsync(owner, id, bob.Id, Roles.Editor, "\"1\"").ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Editor, Roles.Admin, HttpStatusCode.OK)]
    [InlineData(Roles.Admin, Roles.Editor, Roles.Owner, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Admin, Roles.Owner, Roles.Editor, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Owner, Roles.Owner, Roles.Editor, HttpStatusCode.OK)]
    [InlineData(Roles.Editor, Roles.Viewer, Roles.Editor, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Viewer, Roles.Viewer, Roles.Viewer, HttpStatusCode.Forbidden)]
    [Trait("security", "SEC-AUTHZ-01")]
    public async Task Roles_are_given_by_who_may(string role, string from, string to, HttpStatusCode expected)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, role);
        var eve = await MemberAsync(owner, id, from);

        await ChangeAsync(bob, id, eve.Id, to).ShouldBeAsync(expected);
    }

    [Fact]
    public async Task Nobody_raises_the_own_role()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, Roles.Admin);
        var eve = await MemberAsync(owner, id, Roles.Editor);

        await ChangeAsync(bob, id, bob.Id, Roles.Owner).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await ChangeAsync(eve, id, eve.Id, Roles.Admin).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task The_last_owner_stays_one()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, Roles.Admin);

        await ChangeAsync(owner, id, owner.Id, Roles.Admin).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await RemoveAsync(owner, id, owner.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        await ChangeAsync(owner, id, bob.Id, Roles.Owner).ShouldBeAsync(HttpStatusCode.OK);
        await RemoveAsync(owner, id, owner.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await owner.Client.GetAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task Two_owners_who_demote_each_other_at_once_leave_one()
    {
        for (var round = 0; round < 5; round++)
        {
            var (ada, id) = await WorkspaceAsync();
            var bob = await MemberAsync(ada, id, Roles.Owner);

            var answers = await Task.WhenAll(ChangeAsync(ada, id, bob.Id, Roles.Editor), ChangeAsync(bob, id, ada.Id, Roles.Editor));

            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
            Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from workspaces.membership where workspace_id = $1 and role = 'owner'", id));
        }
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task All_owners_who_leave_at_once_leave_one()
    {
        var (ada, id) = await WorkspaceAsync();
        var owners = new[] { ada, await MemberAsync(ada, id, Roles.Owner), await MemberAsync(ada, id, Roles.Owner) };

        var answers = await Task.WhenAll(owners.Select(o => RemoveAsync(o, id, o.Id)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Conflict);
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.NoContent));
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Admin, HttpStatusCode.NoContent)]
    [InlineData(Roles.Admin, Roles.Owner, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Owner, Roles.Owner, HttpStatusCode.NoContent)]
    [InlineData(Roles.Editor, Roles.Viewer, HttpStatusCode.Forbidden)]
    public async Task People_are_removed_by_who_may(string role, string target, HttpStatusCode expected)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, role);
        var eve = await MemberAsync(owner, id, target);

        await RemoveAsync(bob, id, eve.Id).ShouldBeAsync(expected);
    }

    [Fact]
    [Trait("security", "SEC-AUTHZ-03")]
    public async Task Who_was_removed_finds_nothing_any_more_and_hears_of_it()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, Roles.Editor);

        await RemoveAsync(owner, id, bob.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        await bob.Client.GetAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal("delete member", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id))[^1].What);
        Assert.Equal("delete membership", (await server.AnnouncedOnAsync(Channels.UserKind, bob.Id)).Last(a => a.What.EndsWith(" membership", StringComparison.Ordinal)).What);
        await RemoveAsync(owner, id, bob.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await ChangeAsync(owner, id, bob.Id, Roles.Viewer).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task A_persons_new_name_is_news_in_every_workspace_of_the_person()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, Roles.Viewer);
        var own = await TestServer.CreateWorkspace(bob);

        await bob.Client.PatchAsJsonAsync("/api/me", new { name = "Robert" }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        foreach (var workspace in new[] { id, own })
        {
            var (what, data) = (await server.AnnouncedOnAsync(Channels.WorkspaceKind, workspace))[^1];
            Assert.Equal(("update member", bob.Id, "Robert"), (what, data.GetProperty("userId").GetGuid(), data.GetProperty("name").GetString()));
        }
    }

    [Theory]
    [InlineData(Roles.Admin)]
    [InlineData(Roles.Editor)]
    [InlineData(Roles.Viewer)]
    [Trait("spec", "OR-2")]
    public async Task Everybody_else_may_leave(string role)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await MemberAsync(owner, id, role);

        await RemoveAsync(bob, id, bob.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await bob.Client.GetAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    private async Task<(TestUser Owner, Guid Id)> WorkspaceAsync()
    {
        var owner = await server.SignedInAs("ada");
        return (owner, await TestServer.CreateWorkspace(owner));
    }

    private async Task<TestUser> MemberAsync(TestUser owner, Guid id, string role)
    {
        var member = await server.SignedInAs("member");
        await TestServer.AddMember(owner, id, member, role);
        return member;
    }

    private static Task<HttpResponseMessage> AddAsync(TestUser user, Guid id, string email, string role) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{id}/members", new { email, role }, Stop);

    private static Task<HttpResponseMessage> ChangeAsync(TestUser user, Guid id, Guid member, string role, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/workspaces/{id}/members/{member}") { Content = JsonContent.Create(new { role }) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return user.Client.SendAsync(request, Stop);
    }

    private static Task<HttpResponseMessage> RemoveAsync(TestUser user, Guid id, Guid member) =>
        user.Client.DeleteAsync($"/api/workspaces/{id}/members/{member}", Stop);
}
