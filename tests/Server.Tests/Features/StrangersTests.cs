using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features;

/// <summary>
/// The first wall: who does not belong finds nothing, whatever is asked for (OR-1, SEC-AUTHZ-02). The suite runs twice, with
/// row-level security and without it: each statement's own authorization must hold alone (DB-4, SEC-RLS-05).
/// </summary>
[Trait("spec", "DB-4")]
[Trait("security", "SEC-AUTHZ-02")]
public abstract class StrangersTests(TestServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_is_told_that_none_of_it_exists()
    {
        var (_, operations) = await TeamAsync();
        var stranger = await server.SignedInAs("eve");
        await TestServer.CreateThread(stranger, await TestServer.CreateWorkspace(stranger));

        foreach (var (method, path, body) in operations)
            await SendAsync(stranger.Client, method, path, body).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_asked_to()
    {
        var (_, operations) = await TeamAsync();

        foreach (var (method, path, body) in operations)
            await SendAsync(server.Anonymous, method, path, body).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    [Trait("security", "SEC-AUTHZ-03")]
    public async Task Who_has_left_is_a_stranger_again()
    {
        var (team, operations) = await TeamAsync();
        var former = await server.SignedInAs("bob");
        var (owner, workspace) = team;
        await TestServer.AddMember(owner, workspace, former, Roles.Admin);
        await SendAsync(former.Client, HttpMethod.Delete, $"/api/workspaces/{workspace}/members/{former.Id}", null).ShouldBeAsync(HttpStatusCode.NoContent);

        foreach (var (method, path, body) in operations)
            await SendAsync(former.Client, method, path, body).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    [Trait("security", "SEC-AUTHZ-04")]
    public async Task No_list_has_what_belongs_to_others()
    {
        await TeamAsync();
        var stranger = await server.SignedInAs("eve");
        var own = await TestServer.CreateWorkspace(stranger);

        var workspaces = await stranger.Client.GetAsync("/api/workspaces", Stop).ReadAsync<Page<Workspace>>();
        var members = await stranger.Client.GetAsync($"/api/workspaces/{own}/members", Stop).ReadAsync<Page<Member>>();
        var threads = await stranger.Client.GetAsync($"/api/workspaces/{own}/threads", Stop).ReadAsync<Page<ThreadInfo>>();
        var sessions = await stranger.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();

        Assert.Equal([own], workspaces.Items.Select(w => w.Id));
        Assert.Equal([stranger.Id], members.Items.Select(m => m.UserId));
        Assert.Empty(threads.Items);
        Assert.Single(sessions.Items);
    }

    [Fact]
    public async Task A_persons_own_things_are_not_changed_by_others()
    {
        var ada = await server.SignedInAs("ada");
        var eve = await server.SignedInAs("eve");
        await SendAsync(ada.Client, HttpMethod.Put, "/api/me/preferences", new { theme = "dark" }).ShouldBeAsync(HttpStatusCode.OK);
        var session = (await ada.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items.Single();

        await SendAsync(eve.Client, HttpMethod.Delete, $"/api/auth/sessions/{session.Id}", null).ShouldBeAsync(HttpStatusCode.NotFound);
        await SendAsync(eve.Client, HttpMethod.Delete, "/api/auth/sessions", null).ShouldBeAsync(HttpStatusCode.NoContent);
        await SendAsync(eve.Client, HttpMethod.Patch, "/api/me", new { name = "Eve" }).ShouldBeAsync(HttpStatusCode.OK);
        await SendAsync(eve.Client, HttpMethod.Put, "/api/me/preferences", new { theme = "light" }).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("""{"theme":"dark"}""", await ada.Client.GetStringAsync("/api/me/preferences", Stop));
        Assert.Equal("ada", (await ada.Client.GetAsync("/api/me", Stop).ReadAsync<User>()).Name);
    }

    /// <summary>A workspace with people, threads and messages, and everything one can ask about it.</summary>
    private async Task<((TestUser Owner, Guid Workspace) Team, List<(HttpMethod Method, string Path, object? Body)> Operations)> TeamAsync()
    {
        var owner = await server.SignedInAs("ada");
        var member = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, workspace, member);
        var thread = await TestServer.CreateThread(owner, workspace);
        var message = (await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "hello" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created)).Id;

        var content = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/content", new { kind = "post", title = "Plans" }, Stop)
            .ReadAsync<ContentItem>(HttpStatusCode.Created)).Id;

        return ((owner, workspace),
        [
            (HttpMethod.Get, $"/api/workspaces/{workspace}", null),
            (HttpMethod.Patch, $"/api/workspaces/{workspace}", new { name = "Mine" }),
            (HttpMethod.Delete, $"/api/workspaces/{workspace}", null),
            (HttpMethod.Get, $"/api/workspaces/{workspace}/members", null),
            (HttpMethod.Post, $"/api/workspaces/{workspace}/members", new { email = member.Email, role = Roles.Viewer }),
            (HttpMethod.Post, $"/api/workspaces/{workspace}/members", new { email = "nobody@example.com", role = Roles.Viewer }),
            (HttpMethod.Patch, $"/api/workspaces/{workspace}/members/{member.Id}", new { role = Roles.Viewer }),
            (HttpMethod.Delete, $"/api/workspaces/{workspace}/members/{member.Id}", null),
            (HttpMethod.Post, $"/api/workspaces/{workspace}/invitations", new { email = "nobody@example.com", role = Roles.Viewer }),
            (HttpMethod.Get, $"/api/workspaces/{workspace}/threads", null),
            (HttpMethod.Post, $"/api/workspaces/{workspace}/threads", new { title = "Mine" }),
            (HttpMethod.Get, $"/api/threads/{thread}", null),
            (HttpMethod.Patch, $"/api/threads/{thread}", new { title = "Mine" }),
            (HttpMethod.Delete, $"/api/threads/{thread}", null),
            (HttpMethod.Post, $"/api/threads/{thread}/read", new { version = 1 }),
            (HttpMethod.Get, $"/api/threads/{thread}/messages", null),
            (HttpMethod.Post, $"/api/threads/{thread}/messages", new { body = "mine" }),
            (HttpMethod.Patch, $"/api/messages/{message}", new { body = "mine" }),
            (HttpMethod.Delete, $"/api/messages/{message}", null),
            (HttpMethod.Get, $"/api/workspaces/{workspace}/content", null),
            (HttpMethod.Get, $"/api/content/{content}", null),
            (HttpMethod.Patch, $"/api/content/{content}", new { status = "approved", hash = "0" }),
            (HttpMethod.Delete, $"/api/content/{content}?permanently=true", null),
        ]);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, object? body) =>
        client.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) }, Stop);
}

/// <summary>Both walls, as in production.</summary>
public sealed class GuardedStrangersTests(TestServer server) : StrangersTests(server), IClassFixture<TestServer>;

/// <summary>The statements alone.</summary>
public sealed class UnguardedStrangersTests(UnguardedStrangersTests.UnguardedServer server) : StrangersTests(server), IClassFixture<UnguardedStrangersTests.UnguardedServer>
{
    /// <summary>A server whose database has no row-level security: its policies are there and do nothing.</summary>
    public sealed class UnguardedServer : TestServer
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await using var command = Database.Login.CreateCommand("""
                do $$
                declare t regclass;
                begin
                  for t in select c.oid::regclass from pg_class c where c.relrowsecurity loop
                    execute format('alter table %s disable row level security', t);
                  end loop;
                end $$
                """);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
