using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Search;
using Renexus.Server.Features.Workspaces;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Workspaces;

/// <summary>Deleting a workspace, thinking better of it, and what is left when nobody did (OR-4).</summary>
[Trait("spec", "OR-4")]
public class DeletionTests(DeletionTests.Server server) : IClassFixture<DeletionTests.Server>
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The grace period is within the life of an access token.</summary>
    public sealed class Server : FrozenTestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("Renexus:Workspaces:DeletionGrace", Grace.ToString())];
    }

    [Fact]
    public async Task A_deleted_workspace_is_shown_to_its_owners_alone_and_says_until_when()
    {
        var (owner, admin, id) = await TeamAsync();
        await DeleteAsync(owner, id);

        var listed = Assert.Single((await DeletedAsync(owner)).Items);

        Assert.Equal((id, Roles.Owner, Grace), (listed.Id, listed.Role, listed.RestorableUntil - listed.DeletedAt));
        Assert.Empty((await DeletedAsync(admin)).Items);
        Assert.Empty((await DeletedAsync(await server.SignedInAs("eve"))).Items);
        Assert.Empty((await owner.Client.GetAsync("/api/workspaces?deleted=false", Stop).ReadAsync<Page<Workspace>>()).Items);
    }

    [Fact]
    public async Task Restored_it_is_as_it_was_for_everybody()
    {
        var (owner, admin, id) = await TeamAsync();
        var thread = await TestServer.CreateThread(owner, id);
        await DeleteAsync(owner, id);
        await owner.Client.GetAsync($"/api/threads/{thread}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);

        var restored = await RestoreAsync(owner, id).ReadAsync<Workspace>();

        Assert.Equal((id, Roles.Owner, 3L), (restored.Id, restored.Role, restored.Version));
        Assert.Null(restored.DeletedAt);
        await admin.Client.GetAsync($"/api/threads/{thread}", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("create membership", (await server.AnnouncedOnAsync(Channels.UserKind, admin.Id))[^1].What);
        Assert.Equal("create workspace", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id))[^1].What);
        Assert.Empty((await DeletedAsync(owner)).Items);
        await RestoreAsync(owner, id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Nobody_but_an_owner_brings_it_back()
    {
        var (owner, admin, id) = await TeamAsync();
        await DeleteAsync(owner, id);

        foreach (var person in new[] { admin, await server.SignedInAs("eve") })
            await RestoreAsync(person, id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Anonymous.PostAsync($"/api/workspaces/{id}/restore", null, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);

        Assert.Single((await DeletedAsync(owner)).Items);
    }

    [Fact]
    public async Task After_the_grace_period_nothing_brings_it_back()
    {
        var (owner, _, id) = await TeamAsync();
        await DeleteAsync(owner, id);

        server.Time.Advance(Grace - TimeSpan.FromSeconds(1));
        Assert.Single((await DeletedAsync(owner)).Items);
        server.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty((await DeletedAsync(owner)).Items);
        await RestoreAsync(owner, id).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Then_every_table_forgets_it_a_batch_at_a_time_and_no_other_workspace_is_touched()
    {
        var (owner, member, id) = await TeamAsync();
        var (_, _, other) = await TeamAsync();
        foreach (var workspace in new[] { id, other })
            await FillAsync(workspace, messages: 40);
        var before = await RowsAsync(other);
        Assert.Equal(before.Keys, (await RowsAsync(id)).Keys);
        Assert.All(before, rows => Assert.True(rows.Value > 0, $"{rows.Key} has no row to remove: fill it."));
        await DeleteAsync(owner, id);

        server.Time.Advance(Grace + TimeSpan.FromSeconds(1));
        var batches = await Task.WhenAll(Removal.RunAsync(batch: 7, Stop), Removal.RunAsync(batch: 7, Stop));

        Assert.True(batches.Sum() > 10, "It was not removed in batches.");
        Assert.All(await RowsAsync(id), rows => Assert.True(rows.Value == 0, $"{rows.Key} still has {rows.Value} rows."));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from workspaces.workspace where id = $1", id));
        Assert.Equal(before, await RowsAsync(other));
        // Its people are still there, and so is what was said to them alone.
        Assert.Equal("delete membership", (await server.AnnouncedOnAsync(Channels.UserKind, member.Id))[^1].What);
    }

    [Fact]
    public async Task What_is_still_in_its_grace_period_stays()
    {
        var (owner, _, id) = await TeamAsync();
        await FillAsync(id, messages: 3);
        await DeleteAsync(owner, id);
        var before = await RowsAsync(id);

        server.Time.Advance(Grace - TimeSpan.FromSeconds(1));
        await Removal.RunAsync(batch: 100, Stop);

        Assert.Equal(before, await RowsAsync(id));
        await RestoreAsync(owner, id).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_rows_of_a_workspace_are_found_by_an_index_in_every_table()
    {
        Assert.Null(await server.ScalarAsync<string>("select string_agg(name::text, ', ') from engine.workspace_rows where not is_found_by_index"));
    }

    private WorkspaceRemoval Removal => server.Services.GetRequiredService<WorkspaceRemoval>();

    /// <summary>How many rows of a workspace there are in each table, but for the audit trail, which keeps its proof.</summary>
    private async Task<SortedDictionary<string, long>> RowsAsync(Guid id)
    {
        var tables = await server.ScalarAsync<string[]>("""
            select array_agg(c.oid::regclass::text order by 1)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
            where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and c.relname not like 'audit\_%'
            """);
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables!)
            rows[table] = await server.ScalarAsync<long>($"select count(*) from {table} where workspace_id = $1", id);
        return rows;
    }

    /// <summary>A row in every table that holds rows of workspaces.</summary>
    private async Task FillAsync(Guid id, int messages)
    {
        var (owner, admin) = people[id];
        await owner.Client.PostAsJsonAsync($"/api/workspaces/{id}/invitations", new { email = $"guest-{id:n}@example.com", role = Roles.Viewer }, Stop)
            .ShouldBeAsync(HttpStatusCode.Created);
        var thread = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{id}/threads", new { title = "Plans", participants = new[] { owner.Id, admin.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        for (var i = 0; i < messages; i++)
        {
            var said = await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = MentionSyntax.Of(admin.Id, admin.Name) }, Stop)
                .ReadAsync<Message>(HttpStatusCode.Created);
            await owner.Client.PostAsJsonAsync($"/api/messages/{said.Id}/reactions", new { emoji = "👍" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        }

        await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version = 1 }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var index = server.Services.GetRequiredService<SearchIndex>();
        await Eventually.TrueAsync("the index has followed", TimeSpan.FromSeconds(60), async () => (await index.FollowAsync([thread], Stop)).Count == 0);
        await FillContentAsync(id, owner, thread);
        await Eventually.TrueAsync("the index has followed the content", TimeSpan.FromSeconds(60), async () => await server.ScalarAsync<bool>(
            "select search.follow_content(array(select i.id from content.item i where i.workspace_id = $1))", id));
        await FillJobsAsync(id);
        await FillWebhooksAsync(id);
        await server.ScalarAsync<object>("""
            with export as (
              insert into exports.export (id, workspace_id, job_id, created_at, expires_at)
              select gen_random_uuid(), $1, gen_random_uuid(), now(), now() + interval '1 day' from generate_series(1, 8) returning id
            ), piece as (
              insert into exports.piece (export_id, workspace_id, run, number, data) select id, $1, id, 0, '' from export
            )
            insert into exports.link (hash, export_id, workspace_id, user_id, expires_at) select sha256(export.id::text::bytea), export.id, $1, $2, now() from export
            """, id, owner.Id);
        await server.ScalarAsync<object>("""
            insert into files.file (id, workspace_id, name, size, type, storage_key, created_at, expires_at)
            select gen_random_uuid(), $1, 'plan.txt', 1, 'text/plain', gen_random_uuid(), now(), now() + interval '1 day' from generate_series(1, 8)
            """, id);
        await server.ScalarAsync<object>("insert into workspaces.external_organization (issuer, id, version, name, workspace_id) values ('https://clerk.example.com', $1::text, 1, 'Plans', $1)", id);
    }

    private async Task FillContentAsync(Guid id, TestUser owner, Guid thread)
    {
        for (var i = 0; i < 8; i++)
        {
            var item = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{id}/content", new { kind = "post", title = "Plans", body = "words" }, Stop)
                .ReadAsync<ContentItem>(HttpStatusCode.Created)).Id;
            await server.ScalarAsync<object>("""
                insert into content.comment (id, item_id, workspace_id, thread_id, document, begins, ends, quote, created_at, updated_at)
                values (gen_random_uuid(), $1, $2, $3, 0, 0, 5, 'words', now(), now())
                """, item, id, thread);
        }
    }

    /// <summary>Jobs in every table, by hand: most of them are somewhere for a moment only.</summary>
    private async Task FillJobsAsync(Guid id)
    {
        foreach (var (table, more, values) in new[]
        {
            ("ready", "max_attempts", "3"), ("later", "max_attempts, run_at", "3, now() + interval '1 day'"), ("behind", "max_attempts, ordering_key", "3, $1::text"),
            ("parent", "max_attempts, total", "3, 1"), ("running", "max_attempts, worker, claimed_at", "3, 0, now()"),
            ("dead", "max_attempts, died_at, error", "3, now(), 'no'"), ("done_0", "slot, outcome, attempt, finished_at", "0, 0, 1, now()"),
            ("done_1", "slot, outcome, attempt, finished_at", "1, 0, 1, now()"), ("done_2", "slot, outcome, attempt, finished_at", "2, 0, 1, now()"),
            ("done_3", "slot, outcome, attempt, finished_at", "3, 0, 1, now()"),
        })
        {
            await using var command = server.Database.Login.CreateCommand($"""
                insert into jobs.{table} (enqueued_at, id, workspace_id, priority, queue, kind, payload, {more})
                select now(), gen_random_uuid(), $1, 5, 'nobodys', 'test.kind', '', {values} from generate_series(1, 8)
                """);
            command.Parameters.AddWithValue(id);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    /// <summary>Webhooks in every table, by hand and switched off: nobody is to be called.</summary>
    private async Task FillWebhooksAsync(Guid id)
    {
        await using var command = server.Database.Login.CreateCommand("""
            with endpoint as (
              insert into webhooks.endpoint (id, workspace_id, url, description, events, is_ordered, is_enabled, since, created_at, updated_at)
              select gen_random_uuid(), $1, 'https://example.org/', '', '{}', false, false, '1:1:', now(), now() from generate_series(1, 8) returning id
            ), secret as (
              insert into webhooks.secret (id, endpoint_id, workspace_id, value, created_at) select gen_random_uuid(), id, $1, '\x00', now() from endpoint
            ), health as (
              insert into webhooks.health (endpoint_id, workspace_id) select id, $1 from endpoint
            ), event as (
              insert into webhooks.event (id, workspace_id, type, resource_id, body, occurred_at, created_at)
              values (gen_random_uuid(), $1, 'message.created', gen_random_uuid(), '{}', now(), now()) returning id
            ), delivery as (
              insert into webhooks.delivery (id, endpoint_id, event_id, workspace_id, state, created_at)
              select gen_random_uuid(), endpoint.id, event.id, $1, 1, now() from endpoint cross join event returning id
            ), attempt as (
              insert into webhooks.attempt (id, delivery_id, workspace_id, number, at, duration_ms) select gen_random_uuid(), id, $1, 1, now(), 1 from delivery
            ), following as (
              insert into webhooks.following (workspace_id, since, is_active) values ($1, '1:1:', false)
            )
            insert into webhooks.followed (kind, channel_id, workspace_id, version) values (2, $1, $1, 1)
            """);
        command.Parameters.AddWithValue(id);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private readonly Dictionary<Guid, (TestUser Owner, TestUser Admin)> people = [];

    private async Task<(TestUser Owner, TestUser Admin, Guid Id)> TeamAsync()
    {
        var owner = await server.SignedInAs("ada");
        var admin = await server.SignedInAs("bob");
        var id = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, id, admin, Roles.Admin);
        people[id] = (owner, admin);
        return (owner, admin, id);
    }

    private static async Task DeleteAsync(TestUser owner, Guid id) =>
        await owner.Client.DeleteAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

    private static Task<HttpResponseMessage> RestoreAsync(TestUser user, Guid id) => user.Client.PostAsync($"/api/workspaces/{id}/restore", null, Stop);

    private static Task<Page<Workspace>> DeletedAsync(TestUser user) => user.Client.GetAsync("/api/workspaces?deleted=true", Stop).ReadAsync<Page<Workspace>>();
}
