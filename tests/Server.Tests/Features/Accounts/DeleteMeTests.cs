using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

/// <summary>Taking one's own data along, and going (OR-4).</summary>
[Trait("spec", "OR-4")]
public class DeleteMeTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static readonly TimeSpan UntilTokensRanOut = TimeSpan.FromMinutes(26);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_account_opens_nothing_any_more_and_its_address_is_free()
    {
        var ada = await server.SignedInAs("ada");
        var elsewhere = await server.AnotherLogInAsync(ada);

        await DeleteAsync(ada).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(ada.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.MeAsync(elsewhere.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.RefreshAsync(elsewhere.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.LogInAsync(ada.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var again = await server.Anonymous.RegisterAsync(ada.Email).ReadAsync<LoggedIn>(HttpStatusCode.Created);
        Assert.NotEqual(ada.Id, again.User.Id);
    }

    [Fact]
    public async Task Its_sockets_are_closed()
    {
        var ada = await server.SignedInAs("ada");
        var (socket, _) = await TestSocket.GreetAsync(server, ada);
        await using var held = socket;

        await DeleteAsync(ada).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(4504, await socket.Closed);
    }

    [Fact]
    public async Task What_others_depend_on_stays_without_the_person()
    {
        var (owner, bob, workspace) = await TeamAsync();
        var thread = await TestServer.CreateThread(bob, workspace);
        var message = await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "my word" }, Stop).ReadAsync<Message>(HttpStatusCode.Created);

        await DeleteAsync(bob).ShouldBeAsync(HttpStatusCode.NoContent);
        await GoneAsync("what refers to the person", async () =>
            await server.ScalarAsync<long>("select count(*) from threads.message where author_id = $1", bob.Id)
            + await server.ScalarAsync<long>("select count(*) from threads.thread where created_by = $1", bob.Id) == 0);

        var left = Assert.Single((await owner.Client.GetAsync($"/api/threads/{thread}/messages", Stop).ReadAsync<Page<Message>>()).Items);
        Assert.Equal((message.Id, "my word", (Guid?)null), (left.Id, left.Body, left.AuthorId));
        Assert.Null((await owner.Client.GetAsync($"/api/threads/{thread}", Stop).ReadAsync<ThreadInfo>()).CreatedBy);
        var member = Assert.Single((await owner.Client.GetAsync($"/api/workspaces/{workspace}/members", Stop).ReadAsync<Page<Member>>()).Items);
        Assert.Equal(owner.Id, member.UserId);
        Assert.Equal("delete member", (await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.WorkspaceKind, workspace))[^1].What);
    }

    [Fact]
    public async Task No_row_of_it_remains()
    {
        var (_, bob, workspace) = await TeamAsync();
        var thread = await TestServer.CreateThread(bob, workspace);
        await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "my word" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version = 1 }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await bob.Client.PutAsJsonAsync("/api/me/preferences", new { theme = "dark" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.NotEqual("", await TracesAsync(bob));

        await DeleteAsync(bob).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.preferences where user_id = $1", bob.Id));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.user_account where email_key = $1 or name = 'bob' and id = $2", bob.Email, bob.Id));
        server.Time.Advance(UntilTokensRanOut);
        await Task.WhenAll(Removal.RunAsync(batch: 2, Stop), Removal.RunAsync(batch: 2, Stop));

        await GoneAsync("every trace", async () => await TracesAsync(bob) is "");
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task The_last_owner_of_a_workspace_gives_it_away_or_deletes_it_first()
    {
        var (owner, bob, workspace) = await TeamAsync();
        var second = await TestServer.CreateWorkspace(owner, "Second");

        var problem = await DeleteAsync(owner).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Contains("\"Second\"", problem.Detail, StringComparison.Ordinal);
        Assert.Equal("ada", (await owner.Client.GetAsync("/api/me", Stop).ReadAsync<User>()).Name); // nothing of it happened

        await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/transfer", new { userId = bob.Id }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await owner.Client.DeleteAsync($"/api/workspaces/{second}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await DeleteAsync(owner).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task Of_two_owners_who_go_at_once_one_stays()
    {
        for (var round = 0; round < 4; round++)
        {
            var (owner, bob, workspace) = await TeamAsync(Roles.Owner);

            var answers = await Task.WhenAll(DeleteAsync(owner), DeleteAsync(bob));

            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Conflict);
            Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from workspaces.membership where workspace_id = $1", workspace));
        }
    }

    [Fact]
    public async Task Who_goes_while_being_added_is_not_in()
    {
        for (var round = 0; round < 4; round++)
        {
            var owner = await server.SignedInAs("ada");
            var bob = await server.SignedInAs("bob");
            var workspace = await TestServer.CreateWorkspace(owner);

            await Task.WhenAll(
                DeleteAsync(bob),
                owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/members", new { email = bob.Email, role = Roles.Editor }, Stop),
                bob.Client.PostAsJsonAsync("/api/workspaces", new { name = "Mine" }, Stop));

            Assert.Equal(0L, await server.ScalarAsync<long>(
                "select count(*) from workspaces.membership m join accounts.user_account a on a.id = m.user_id where m.user_id = $1 and a.deleted_at is not null", bob.Id));
        }
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task An_old_version_of_the_account_is_not_deleted()
    {
        var ada = await server.SignedInAs("ada");
        var request = new HttpRequestMessage(HttpMethod.Delete, "/api/me");
        request.Headers.TryAddWithoutValidation("If-Match", "\"7\"");

        await ada.Client.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        await server.Anonymous.DeleteAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_own_data_come_as_one_file_also_from_where_one_has_left()
    {
        var (owner, bob, workspace) = await TeamAsync();
        var thread = await TestServer.CreateThread(bob, workspace);
        await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "my word" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "not yours" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await bob.Client.PutAsJsonAsync($"/api/threads/{thread}/draft", new { body = "never said" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await bob.Client.PutAsJsonAsync("/api/me/preferences", new { theme = "dark" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await bob.Client.DeleteAsync($"/api/workspaces/{workspace}/members/{bob.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var own = await TestServer.CreateWorkspace(bob, "Mine");

        using var response = await bob.Client.GetAsync("/api/me/export", Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var file = JsonElement.Parse(text);
        Assert.Equal(bob.Email, file.GetProperty("profile").GetProperty("email").GetString());
        Assert.Equal("dark", file.GetProperty("preferences").GetProperty("theme").GetString());
        Assert.Equal("my word", Assert.Single(file.GetProperty("messages").EnumerateArray()).GetProperty("body").GetString());
        Assert.Equal("never said", Assert.Single(file.GetProperty("drafts").EnumerateArray()).GetProperty("body").GetString());
        Assert.Equal(own, Assert.Single(file.GetProperty("memberships").EnumerateArray()).GetProperty("workspaceId").GetGuid());
        Assert.Single(file.GetProperty("sessions").EnumerateArray());
        Assert.DoesNotContain("not yours", text, StringComparison.Ordinal);
        Assert.DoesNotContain("passwordHash", text, StringComparison.OrdinalIgnoreCase);
        await server.Anonymous.GetAsync("/api/me/export", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    /// <summary>What is kept of a person and where it stands in the person's file, or why it does not.</summary>
    private static readonly Dictionary<string, string> Kept = new(StringComparer.Ordinal)
    {
        ["accounts.api_key"] = "keys",
        ["accounts.device"] = "devices",
        ["accounts.email_change"] = "- an address waiting to be proven, for an hour",
        ["accounts.external_identity"] = "identities",
        ["accounts.external_session"] = "- hashes of ids of log-ins",
        ["accounts.link"] = "- hashes of links that were mailed",
        ["accounts.login_attempt"] = "logInAttempts",
        ["accounts.passkey"] = "passkeys",
        ["accounts.passkey_challenge"] = "- random bytes, for minutes",
        ["accounts.preferences"] = "preferences",
        ["accounts.recovery_code"] = "- hashes of secrets",
        ["accounts.refresh_token"] = "- hashes of secrets",
        ["accounts.session"] = "sessions",
        ["accounts.totp"] = "- a secret",
        ["engine.last_seen"] = "- when the last connection ended, once",
        ["engine.session"] = "- open connections, for minutes",
        ["exports.link"] = "- hashes of links to archives, while they last",
        ["gateway.idempotent_request"] = "- answers to repeated requests, encrypted, for a day",
        ["notifications.notification"] = "notifications",
        ["notifications.settings"] = "notificationSettings",
        ["notifications.unsubscribe_link"] = "- hashes of links that were mailed",
        ["sync.operation"] = "- answers to what was done offline, for 30 days",
        ["threads.draft"] = "drafts",
        ["threads.mention"] = "- the authors': whom their messages name",
        ["threads.reaction"] = "reactions",
        ["threads.participant"] = "- the workspace's: who takes part in its threads",
        ["threads.read_marker"] = "readMarkers",
        ["workspaces.external_person"] = "- the provider's: who the person is there, which identities tells",
        ["workspaces.membership"] = "memberships",
    };

    [Fact]
    public async Task Every_table_of_a_person_is_in_the_file_or_says_why_not()
    {
        var tables = await server.ScalarAsync<string[]>("""
            select array_agg(c.oid::regclass::text order by 1)
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
            where c.relkind = 'r'
            """);
        var parts = server.Services.GetServices<Renexus.Server.Gateway.PersonalData>().Select(part => part.Name).ToHashSet();

        Assert.Empty(tables!.Except(Kept.Keys));
        Assert.All(Kept.Values.Where(part => part[0] is not '-'), part => Assert.Contains(part, parts));
    }

    [Fact]
    public async Task Any_number_of_messages_is_exported()
    {
        var (_, bob, workspace) = await TeamAsync();
        var thread = await TestServer.CreateThread(bob, workspace);
        await server.ScalarAsync<object>("""
            insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
            select gen_random_uuid(), $1, $2, 1000 + i, $3, 'm' || i, now() from generate_series(1, 1203) i
            """, thread, workspace, bob.Id);

        var file = JsonElement.Parse(await bob.Client.GetStringAsync("/api/me/export", Stop));

        Assert.Equal(1203, file.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetGuid()).Distinct().Count());
    }

    /// <summary>The removal that the deletion itself has started may hold the account; then it is that one which goes on.</summary>
    private Task GoneAsync(string what, Func<Task<bool>> isGone) => Eventually.TrueAsync($"{what} is gone", TimeSpan.FromSeconds(60), async () =>
    {
        await Removal.RunAsync(batch: 3, Stop);
        return await isGone();
    });

    private AccountRemoval Removal => server.Services.GetRequiredService<AccountRemoval>();

    /// <summary>Columns of any table that hold the id of a person, the change log of what others did aside.</summary>
    private async Task<string> TracesAsync(TestUser user)
    {
        var columns = await server.ScalarAsync<string[]>("""
            select array_agg(format('%s.%I', c.oid::regclass, a.attname) order by 1)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype
            where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and c.relname not like 'audit\_%'
              and (a.attname in ('user_id', 'author_id', 'created_by', 'invited_by', 'accepted_by')
                   or c.oid = 'accounts.user_account'::regclass or (c.oid = 'engine.change'::regclass and a.attname = 'channel_id'))
            """);
        var traces = new List<string>();
        foreach (var column in columns!)
        {
            var (table, name) = (column[..column.LastIndexOf('.')], column[(column.LastIndexOf('.') + 1)..]);
            if (await server.ScalarAsync<long>($"select count(*) from {table} where {name} = $1", user.Id) > 0)
                traces.Add(column);
        }

        return string.Join(' ', traces);
    }

    private async Task<(TestUser Owner, TestUser Bob, Guid Workspace)> TeamAsync(string role = Roles.Editor)
    {
        var owner = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, workspace, bob, role);
        return (owner, bob, workspace);
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user) => user.Client.DeleteAsync("/api/me", Stop);
}
