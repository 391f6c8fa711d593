using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features;

/// <summary>
/// The second wall over every table there is, found in the catalogue: a statement that forgot all its filters sees the workspace of its
/// transaction, and changes nothing beyond it (DB-4).
/// </summary>
[Trait("spec", "DB-4")]
public sealed class EveryTableTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_without_any_filter_sees_the_rows_of_its_workspace_alone()
    {
        var (_, mine) = await FullWorkspaceAsync();
        var (_, theirs) = await FullWorkspaceAsync();

        foreach (var (table, column) in await TablesAsync())
        {
            Assert.Equal($"{table}: {mine}", $"{table}: {await SeenAsync(Scope.In(mine), table, column)}");
            Assert.Equal($"{table}: {theirs}", $"{table}: {await SeenAsync(Scope.In(theirs), table, column)}");
            Assert.Equal($"{table}: ", $"{table}: {await SeenAsync(Scope.None, table, column)}");
        }
    }

    [Fact]
    public async Task A_person_without_any_filter_sees_the_rows_of_own_workspaces_alone()
    {
        var (ada, mine) = await FullWorkspaceAsync();
        await FullWorkspaceAsync();

        foreach (var (table, column) in await TablesAsync())
        {
            Assert.Equal($"{table}: {mine}", $"{table}: {await SeenAsync(Scope.Of(ada), table, column)}");
        }
    }

    [Fact]
    public async Task An_update_or_delete_without_any_filter_touches_the_rows_of_its_workspace_alone()
    {
        var (_, mine) = await FullWorkspaceAsync();
        await FullWorkspaceAsync();

        foreach (var (table, column) in await TablesAsync())
        {
            var foreign = $"select count(*) from {table} where {column} is distinct from '{mine}'";
            var before = await server.ScalarAsync<long>(foreign);
            // A channel of a person belongs to no workspace: its counter is anybody's to move (CH13).
            var reachable = await server.ScalarAsync<long>($"select count(*) from {table} where {column} = '{mine}' or {column} is null");
            foreach (var statement in new[] { $"update {table} set {column} = {column}", $"delete from {table}" })
            {
                // Not every privilege is the application's; where it is, the policy bounds it.
                try
                {
                    var touched = await server.Database.Database.ExecuteAsync(Scope.In(mine), new Command("test.write", statement), [], Stop);
                    Assert.True(touched <= reachable, $"{statement} touched {touched} rows of {reachable}.");
                }
                catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.InsufficientPrivilege)
                {
                }
            }
            Assert.Equal(before, await server.ScalarAsync<long>(foreign));
        }
    }

    private async Task<string> SeenAsync(Scope scope, string table, string column)
    {
        var all = new Query<Guid>("test.all", $"select distinct {column} from {table} where {column} is not null");
        return string.Join(' ', await server.Database.Database.QueryAsync(scope, all, [], Stop));
    }

    /// <summary>A workspace with a row in every table that has workspaces.</summary>
    private async Task<(Guid Owner, Guid Workspace)> FullWorkspaceAsync()
    {
        var owner = await server.SignedInAs("ada");
        var guest = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, workspace, guest);
        await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/invitations", new { email = "guest@example.com", role = Roles.Viewer }, Stop)
            .ShouldBeAsync(HttpStatusCode.Created);
        var thread = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "Plans", participants = new[] { guest.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        var message = (await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = $"hello {MentionSyntax.Of(guest.Id, "Bob")}" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created)).Id;
        await owner.Client.PostAsJsonAsync($"/api/messages/{message}/reactions", new { emoji = "👍" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version = 1 }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await FillWebhooksAsync(owner, workspace);
        var content = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/content", new { kind = "post", title = "Plans", body = "hello" }, Stop)
            .ReadAsync<ContentItem>(HttpStatusCode.Created)).Id;
        await server.ScalarAsync<object>("""
            insert into content.comment (id, item_id, workspace_id, thread_id, document, begins, ends, quote, created_at, updated_at)
            values (gen_random_uuid(), $1, $2, $3, 0, 0, 5, 'hello', now(), now())
            """, content, workspace, thread);
        await server.ScalarAsync<object>("""
            insert into files.file (id, workspace_id, name, size, type, storage_key, created_at, expires_at)
            select gen_random_uuid(), $1, 'plan.txt', 1, 'text/plain', gen_random_uuid(), now(), now() + interval '1 day' from generate_series(1, 1)
            """, workspace);
        await server.ScalarAsync<object>("""
            with export as (
              insert into exports.export (id, workspace_id, job_id, created_at, expires_at) values (gen_random_uuid(), $1, gen_random_uuid(), now(), now() + interval '1 day') returning id
            )
            insert into exports.piece (export_id, workspace_id, run, number, data) select id, $1, id, 0, '' from export
            """, workspace);
        return (owner.Id, workspace);
    }

    /// <summary>An endpoint with a delivery and a try; what the server itself would only write after a call.</summary>
    private async Task FillWebhooksAsync(TestUser owner, Guid workspace)
    {
        var webhook = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/webhooks", new { url = "https://93.184.216.34/hook", events = (string[])["workspace.deleted"] }, Stop)
            .ReadAsync<NewWebhook>(HttpStatusCode.Created)).Id;
        var id = Guid.CreateVersion7();
        await server.ScalarAsync<object>("insert into webhooks.event (id, workspace_id, type, resource_id, body, occurred_at, created_at) values ($1, $2, 't', $1, '{}', now(), now())", id, workspace);
        await server.ScalarAsync<object>("insert into webhooks.delivery (id, endpoint_id, event_id, workspace_id, state, created_at) values ($1, $2, $1, $3, 1, now())", id, webhook, workspace);
        await server.ScalarAsync<object>("insert into webhooks.attempt (id, delivery_id, workspace_id, number, at, duration_ms) values ($1, $1, $2, 1, now(), 1)", id, workspace);
        await server.ScalarAsync<object>("insert into webhooks.health (endpoint_id, workspace_id) values ($1, $2) on conflict do nothing", webhook, workspace);
        await server.ScalarAsync<object>("insert into webhooks.followed (kind, channel_id, workspace_id, version) values (2, $1, $1, 0) on conflict do nothing", workspace);
    }

    /// <summary>Tables of workspaces that the application may read, each with the column that says which.</summary>
    private async Task<List<(string Table, string Column)>> TablesAsync()
    {
        await using var command = server.Database.Login.CreateCommand("""
            select c.oid::regclass::text, a.attname::text
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'p') and has_table_privilege('renexus_app', c.oid, 'select')
              and (a.attname = 'workspace_id' or (c.oid = 'workspaces.workspace'::regclass and a.attname = 'id'))
            order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync(Stop))
            tables.Add((reader.GetString(0), reader.GetString(1)));
        Assert.True(tables.Count >= 9, string.Create(CultureInfo.InvariantCulture, $"Only {tables.Count} tables were found."));
        return tables;
    }
}
