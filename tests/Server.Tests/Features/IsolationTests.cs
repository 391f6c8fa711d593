using System.Net.Http.Json;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features;

/// <summary>The second wall: what row-level security shows when a statement forgets its own filter (DB-4).</summary>
[Trait("spec", "DB-4")]
[Trait("security", "SEC-RLS-05")]
public class IsolationTests(TestServer server) : IClassFixture<TestServer>
{
    private sealed record Key(Guid Id);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("select id from accounts.user_account")]
    [InlineData("select user_id as id from accounts.preferences")]
    [InlineData("select user_id as id from accounts.session")]
    [InlineData("select user_id as id from accounts.refresh_token")]
    public async Task A_personal_table_shows_ones_own_rows_alone(string statement)
    {
        var (ada, _) = await PersonAsync();
        var (bob, _) = await PersonAsync();

        Assert.Equal([ada.Id], (await SeenAsync(Scope.Of(ada.Id), statement)).Distinct());
        Assert.Equal([bob.Id], (await SeenAsync(Scope.Of(bob.Id), statement)).Distinct());
        Assert.Empty(await SeenAsync(Scope.None, statement));
    }

    [Theory]
    [InlineData("select id from workspaces.workspace")]
    [InlineData("select workspace_id as id from workspaces.membership")]
    [InlineData("select workspace_id as id from workspaces.invitation")]
    [InlineData("select workspace_id as id from workspaces.member")]
    public async Task A_table_of_workspaces_shows_those_one_belongs_to_alone(string statement)
    {
        var (ada, adas) = await PersonAsync();
        var (bob, bobs) = await PersonAsync();
        await TestServer.AddMember(ada, adas, bob);

        Assert.Equal([adas], (await SeenAsync(Scope.Of(ada.Id), statement)).Distinct());
        Assert.Equal([adas, bobs], (await SeenAsync(Scope.Of(bob.Id), statement)).Distinct().Order());
        Assert.Equal([bobs], (await SeenAsync(Scope.In(bobs), statement)).Distinct());
        Assert.Empty(await SeenAsync(Scope.None, statement));
    }

    [Fact]
    public async Task Nothing_is_written_for_somebody_else()
    {
        var (ada, adas) = await PersonAsync();
        var (bob, _) = await PersonAsync();

        foreach (var (statement, id) in new[]
        {
            ("insert into accounts.preferences (user_id, data, created_at, updated_at) values ($1, '{}', now(), now())", ada.Id),
            ("insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at) values ($1, engine.app_user(), 'owner', now(), now())", adas),
            ("insert into workspaces.workspace (id, name, created_at, updated_at) values ($1, 'Mine', now(), now())", Guid.CreateVersion7()),
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                server.Database.Database.ExecuteAsync(Scope.Of(bob.Id), new Command("test.write", statement), [id], Stop));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        foreach (var (statement, id) in new[]
        {
            ("update accounts.user_account set is_operator = true where id = $1", ada.Id),
            ("update workspaces.workspace set name = 'Mine' where id = $1", adas),
            ("delete from workspaces.membership where workspace_id = $1", adas),
        })
            Assert.Equal(0, await server.Database.Database.ExecuteAsync(Scope.Of(bob.Id), new Command("test.write", statement), [id], Stop));
    }

    [Fact]
    [Trait("security", "SEC-RLS-06")]
    public async Task Functions_that_see_everything_pin_their_search_path_and_are_not_for_everybody()
    {
        Assert.Null(await server.ScalarAsync<string>("""
            select string_agg(p.oid::regprocedure::text, ', ')
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where p.prosecdef and n.nspname in ('engine', 'accounts', 'workspaces')
              and (p.proconfig is null or not p.proconfig @> array['search_path=""'] or has_function_privilege('public', p.oid, 'execute'))
            """));
    }

    [Fact]
    [Trait("security", "SEC-RLS-02")]
    public async Task Every_table_of_a_workspace_or_a_person_is_guarded()
    {
        // Found in the catalogue, so that no table is forgotten. The engine's own are the log reader's alone.
        Assert.Null(await server.ScalarAsync<string>("""
            select string_agg(distinct c.oid::regclass::text, ', ')
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname in ('workspace_id', 'user_id') and not a.attisdropped
            where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
              and has_table_privilege('renexus_app', c.oid, 'select')
              and (not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
            """));
    }

    /// <summary>A person with a row in every table.</summary>
    private async Task<(TestUser User, Guid WorkspaceId)> PersonAsync()
    {
        var user = await server.SignedInAs("ada");
        (await user.Client.PutAsJsonAsync("/api/me/preferences", new { theme = "dark" }, Stop)).EnsureSuccessStatusCode();
        var workspace = await TestServer.CreateWorkspace(user);
        (await user.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/invitations", new { email = "guest@example.com", role = "viewer" }, Stop)).EnsureSuccessStatusCode();
        return (user, workspace);
    }

    private async Task<IEnumerable<Guid>> SeenAsync(Scope scope, string statement) =>
        (await server.Database.Database.QueryAsync(scope, new Query<Key>("test.all", statement), [], Stop)).Select(k => k.Id);
}
