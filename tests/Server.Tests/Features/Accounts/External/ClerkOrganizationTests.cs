using System.Globalization;
using System.Net;
using Renexus.Server.Features.Accounts.External;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Organizations and who belongs to them, log-ins that end and addresses that change at Clerk: followed here, in whatever order they are told.</summary>
[Trait("spec", "WH-1")]
public sealed class ClerkOrganizationTests(ClerkServer server) : IClassFixture<ClerkServer>
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1" ? 200 : 3;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("RENEXUS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    [Fact]
    public async Task An_organization_is_a_workspace_with_its_people_in_it_until_it_is_deleted()
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var (ada, bob, organization) = (ClerkWords.NewId("user"), ClerkWords.NewId("user"), ClerkWords.NewId("org"));
        var (hers, his) = (ClerkWords.NewId("orgmem"), ClerkWords.NewId("orgmem"));
        await clerk.TellAsync(server,
            ClerkWords.User("user.created", ada, "Ada", 1),
            ClerkWords.Organization("organization.created", organization, "Engines", 2),
            ClerkWords.Membership("organizationMembership.created", hers, (organization, "Engines", 2), ada, "org:admin", 3),
            // Bob is not here yet: he is in as soon as he is.
            ClerkWords.Membership("organizationMembership.created", his, (organization, "Engines", 2), bob, "org:member", 3));
        Assert.Equal("Engines: Ada Lovelace owner", await StateAsync(organization));
        await clerk.TellAsync(server, ClerkWords.User("user.created", bob, "Bob", 4));
        Assert.Equal("Engines: Ada Lovelace owner, Bob Lovelace editor", await StateAsync(organization));

        // Everybody hears of it as of every other change, and it stands in the audit trail.
        var workspace = await WorkspaceAsync(organization);
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from engine.change where workspace_id = $1 and resource = 'member' and op = 1", workspace));
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from engine.change where resource_id = $1 and resource = 'membership' and op = 1", workspace));
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where workspace_id = $1 and action = 'member.added'", workspace));

        // What people change here stays until Clerk says something new of it.
        await server.ScalarAsync<object>("update workspaces.workspace set name = 'Ours' where id = $1", workspace);
        await clerk.TellAsync(server,
            ClerkWords.Membership("organizationMembership.updated", his, (organization, "Engines", 2), bob, "org:reader", 5));
        Assert.Equal("Ours: Ada Lovelace owner, Bob Lovelace viewer", await StateAsync(organization));
        await clerk.TellAsync(server,
            ClerkWords.Organization("organization.updated", organization, "Difference Engines", 6),
            ClerkWords.Deleted("organizationMembership.deleted", hers, 7));
        Assert.Equal("Difference Engines: Bob Lovelace viewer", await StateAsync(organization));

        await clerk.TellAsync(server, ClerkWords.Deleted("organization.deleted", organization, 8));
        Assert.Equal("deleted", await StateAsync(organization));
        await clerk.TellAsync(server, ClerkWords.Organization("organization.updated", organization, "Back", 9));
        Assert.Equal("deleted", await StateAsync(organization));
    }

    /// <summary>Each event once or twice, all at once, in an order of its own: what comes of it is what comes of them in order.</summary>
    [Fact]
    public async Task In_whatever_order_and_however_often_it_is_told_the_end_is_the_same()
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var inOrder = new Story();
        await clerk.TellAsync(server, inOrder.Words);
        var expected = await inOrder.StateAsync(this);
        Assert.Equal("Difference Engines: Ada Lovelace owner, Bob Lovelace editor | deleted | ada-2 | bob-1", expected);

        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(Seed + run);
            var story = new Story();
            var sent = new List<SignedEvent>();
            foreach (var word in story.Words)
                sent.Add(await clerk.SignAsync(word));
            var told = sent.Concat(sent.Where(_ => random.Next(3) == 0)).Reverse().ToArray();
            // The last first, once.
            if (run > 0)
                random.Shuffle(told);

            foreach (var some in told.Chunk(4))
                Assert.All(await Task.WhenAll(some.Select(clerk.SendAsync)), status => Assert.Equal(HttpStatusCode.NoContent, status));
            await ClerkSender.DealtWithAsync(server);

            Assert.Equal($"seed {Seed + run}: {expected}", $"seed {Seed + run}: {await story.StateAsync(this)}");
        }
    }

    [Theory]
    [InlineData("session.ended")]
    [InlineData("session.removed")]
    [InlineData("session.revoked")]
    public async Task A_log_in_that_ended_at_Clerk_has_ended_here_and_one_that_was_never_seen_cannot_begin(string type)
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var (subject, session, unseen) = (ClerkWords.NewId("user"), ClerkWords.NewId("sess"), ClerkWords.NewId("sess"));
        await clerk.TellAsync(server, ClerkWords.User("user.created", subject, "Ada", 1));
        var id = Guid.CreateVersion7();
        await server.ScalarAsync<object>("""
            with s as (
              insert into accounts.session (id, user_id, device, user_agent, created_at, last_used_at, expires_at, absolute_expires_at, proven_at)
              select $1, user_id, 'd', 'a', now(), now(), now() + interval '1 day', now() + interval '1 day', now() from accounts.external_identity where subject = $2
              returning id, user_id)
            insert into accounts.external_session (key, session_id, user_id) select $3, id, user_id from s
            """, id, subject, ExternalPeople.KeyOf(ClerkServer.Issuer, subject, session));

        var word = ClerkWords.Session(type, session, subject, 5);
        await clerk.TellAsync(server, word, word, ClerkWords.Session(type, unseen, subject, 5));

        Assert.Equal("revoked", await server.ScalarAsync<string>("select ended_because from accounts.session where id = $1 and ended_at is not null", id));
        Assert.Equal(1, await server.ScalarAsync<long>(
            "select count(*) from accounts.ended_external_session where key = $1", ExternalPeople.KeyOf(ClerkServer.Issuer, subject, unseen)));
    }

    [Theory]
    [InlineData("", "new")]
    [InlineData("update accounts.user_account set password_hash = 'x' where email_key like $1", "old")] // a password opens it
    [InlineData("update accounts.user_account set email = replace(email, 'old', 'own'), email_key = replace(email_key, 'old', 'own') where email_key like $1", "own")] // chosen here
    [InlineData("""
        insert into accounts.user_account (id, email, email_key, name, created_at, updated_at)
        select gen_random_uuid(), replace(email, 'old', 'new'), replace(email_key, 'old', 'new'), 'Somebody', now(), now() from accounts.user_account where email_key like $1
        """, "old")] // somebody else's
    public async Task An_address_that_changes_at_Clerk_changes_here_as_long_as_the_account_has_none_of_its_own(string meanwhile, string expected)
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var subject = ClerkWords.NewId("user");
        await clerk.TellAsync(server, ClerkWords.User("user.created", subject, "Ada", 1, $"old-{subject}@example.com"));
        if (meanwhile.Length > 0)
            await server.ScalarAsync<object>(meanwhile, $"old-{subject}@%");

        await clerk.TellAsync(server, ClerkWords.User("user.updated", subject, "Ada", 2, $"new-{subject}@example.com"));

        Assert.Equal($"{expected}-{subject}@example.com", await EmailAsync(subject));
        var moved = expected == "new" ? 1 : 0;
        Assert.Equal(moved, await server.ScalarAsync<long>(
            "select count(*) from engine.change c join accounts.external_identity i on i.user_id = c.resource_id where i.subject = $1 and c.resource = 'user' and c.op = 2", subject));
    }

    private async Task<Guid> WorkspaceAsync(string organization) =>
        await server.ScalarAsync<Guid>("select workspace_id from workspaces.external_organization where id = $1", organization);

    /// <summary>What is seen of an organization here.</summary>
    private async Task<string> StateAsync(string organization) => await server.ScalarAsync<string>("""
        select coalesce((
          select w.name || ': ' || coalesce((
            select string_agg(a.name || ' ' || m.role, ', ' order by a.name) from workspaces.membership m join accounts.user_account a on a.id = m.user_id where m.workspace_id = w.id), '')
          from workspaces.external_organization o join workspaces.workspace w on w.id = o.workspace_id and w.deleted_at is null and not o.is_deleted
          where o.id = $1), 'deleted')
        """, organization) ?? "";

    private Task<string?> EmailAsync(string subject) => server.ScalarAsync<string>(
        "select a.email from accounts.external_identity i join accounts.user_account a on a.id = i.user_id where i.subject = $1", subject);

    /// <summary>Three people and two organizations over some time, in order.</summary>
    private sealed class Story
    {
        private readonly string ada = ClerkWords.NewId("user");
        private readonly string bob = ClerkWords.NewId("user");
        private readonly string eve = ClerkWords.NewId("user");
        private readonly string engines = ClerkWords.NewId("org");
        private readonly string gone = ClerkWords.NewId("org");

        public string[] Words
        {
            get
            {
                var (adas, bobs, bobsAgain, eves, adasGone) =
                    (ClerkWords.NewId("orgmem"), ClerkWords.NewId("orgmem"), ClerkWords.NewId("orgmem"), ClerkWords.NewId("orgmem"), ClerkWords.NewId("orgmem"));
                return
                [
                    ClerkWords.User("user.created", ada, "Augusta", 1, $"ada-1-{ada}@example.com"),
                    ClerkWords.Organization("organization.created", engines, "Engines", 2),
                    ClerkWords.Membership("organizationMembership.created", adas, (engines, "Engines", 2), ada, "org:member", 3),
                    ClerkWords.User("user.created", bob, "Bob", 4, $"bob-1-{bob}@example.com"),
                    ClerkWords.User("user.created", eve, "Eve", 5, $"eve-1-{eve}@example.com"),
                    ClerkWords.Membership("organizationMembership.created", bobs, (engines, "Engines", 2), bob, "org:admin", 6),
                    ClerkWords.Membership("organizationMembership.created", eves, (engines, "Engines", 2), eve, "org:member", 7),
                    ClerkWords.Organization("organization.created", gone, "Gone", 8),
                    ClerkWords.Membership("organizationMembership.created", adasGone, (gone, "Gone", 8), ada, "org:admin", 9),
                    ClerkWords.Membership("organizationMembership.updated", adas, (engines, "Engines", 2), ada, "org:admin", 10),
                    ClerkWords.User("user.updated", ada, "Ada", 11, $"ada-2-{ada}@example.com"),
                    ClerkWords.Deleted("organizationMembership.deleted", bobs, 12),
                    ClerkWords.Organization("organization.updated", engines, "Difference Engines", 13),
                    ClerkWords.Membership("organizationMembership.created", bobsAgain, (engines, "Difference Engines", 13), bob, "org:member", 14),
                    ClerkWords.Deleted("organization.deleted", gone, 15),
                    ClerkWords.Deleted("user.deleted", eve, 16),
                ];
            }
        }

        public async Task<string> StateAsync(ClerkOrganizationTests test) =>
            $"{await test.StateAsync(engines)} | {await test.StateAsync(gone)} | {(await test.EmailAsync(ada))![..5]} | {(await test.EmailAsync(bob))![..5]}";
    }
}

/// <summary>Fault test 14: the process is killed between storing an event and answering; Clerk sends it again.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "WH-1")]
[Trait("spec", "JB-4")]
public sealed class ClerkKillTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task An_event_whose_answer_was_lost_with_the_process_is_dealt_with_once_when_it_comes_again()
    {
        await using var folder = new TemporaryFolder();
        Task<ServerProcess> StartAsync(string roles) => ServerProcess.StartAsync([
            "Renexus:Database:ConnectionString=" + database.ConnectionString, $"Renexus:DataDirectory={folder.Path}", "Renexus:Clerk:Issuer=" + ClerkServer.Issuer,
            "Renexus:Clerk:WebhookSecret=" + ClerkServer.Secret, "Renexus:Roles=" + roles]);
        var subject = ClerkWords.NewId("user");
        SignedEvent sent;
        await using (var web = await StartAsync("web"))
        await using (var network = new CuttingProxy(() => web.Address.Port))
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{network.Port}") };
            await using var clerk = await ClerkSender.StartAsync(client);
            sent = await clerk.SignAsync(ClerkWords.User("user.created", subject, "Ada", 1));
            var lost = network.LoseAsync("POST /api/webhooks/clerk", isHeard: true);
            await Assert.ThrowsAsync<HttpRequestException>(() => clerk.SendAsync(sent));
            await lost.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await web.KillAsync();
        }
        Assert.Equal(1, await CountAsync("select count(*) from accounts.clerk_event where body is not null"));

        await using var again = await StartAsync("all");
        using var straight = new HttpClient { BaseAddress = again.Address };
        Assert.Equal(HttpStatusCode.NoContent, await ClerkSender.SendAsync(straight, sent));

        await Eventually.TrueAsync("it is dealt with", TimeSpan.FromSeconds(60), async () => await CountAsync("select count(*) from accounts.clerk_event where body is null") == 1);
        Assert.Equal(1, await CountAsync("select count(*) from accounts.external_identity"));
        Assert.Equal(1, await CountAsync("""
            select (select count(*) from jobs.done where kind = 'accounts.clerk_event') + (select count(*) from jobs.running where kind = 'accounts.clerk_event')
                 + (select count(*) from jobs.ready where kind = 'accounts.clerk_event') + (select count(*) from jobs.later where kind = 'accounts.clerk_event')
            """));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
