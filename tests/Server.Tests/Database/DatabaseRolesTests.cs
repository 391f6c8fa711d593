using Npgsql;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

[Trait("spec", "DB-4")]
public sealed class DatabaseRolesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // What the application may reach without row-level security, and why.
    private static readonly string[] BelongsToNobody =
    [
        "accounts.installation", // one row: whether somebody registered already
        "accounts.signing_key",  // the nodes' common keys
        "jobs.schedule",         // when recurring jobs are due, which are the installation's
        "migration.applied",     // what the schema is
        "secrets.key",           // which keys were used, none of the keys
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pooled_connection_keeps_its_role_when_it_comes_back()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("renexus_app", await ScalarAsync(database.App, "select current_user::text"));
            Assert.Equal("renexus_log", await ScalarAsync(database.Log, "select current_user::text"));
        }
    }

    [Theory]
    [InlineData("reset role")]
    [InlineData("discard all")]
    public async Task A_session_that_forgets_everything_is_still_the_application(string forget)
    {
        var asPoolsDo = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c role=renexus_app", Pooling = false };
        await using var connection = new NpgsqlConnection(asPoolsDo.ConnectionString);
        await connection.OpenAsync(Cancelled);
        foreach (var (statement, role) in new[] { ("set role renexus_log", "renexus_log"), (forget, "renexus_app") })
        {
            await using (var command = new NpgsqlCommand(statement, connection))
                await command.ExecuteNonQueryAsync(Cancelled);
            await using var ask = new NpgsqlCommand("select current_user::text", connection);
            Assert.Equal(role, await ask.ExecuteScalarAsync(Cancelled));
        }
    }

    [Fact]
    public async Task Neither_role_is_above_the_policies()
    {
        Assert.Equal(2L, await ScalarAsync(database.Login,
            "select count(*) from pg_roles where rolname in ('renexus_app', 'renexus_log') and not rolsuper and not rolbypassrls and not rolcanlogin"));
        Assert.Equal(0L, await ScalarAsync(database.Login,
            "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('renexus_app', 'renexus_log')"));
    }

    [Fact]
    public async Task Every_table_the_application_can_reach_has_row_level_security()
    {
        const string Open = """
            select coalesce(string_agg(c.oid::regclass::text, ' ' order by 1), '')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relrowsecurity
              and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_%'
              and has_schema_privilege('renexus_app', n.oid, 'usage')
              and has_table_privilege('renexus_app', c.oid, 'select, insert, update, delete')
              and c.oid::regclass::text <> all ($1)
            """;
        await using var command = database.Login.CreateCommand(Open);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = BelongsToNobody });

        Assert.Equal("", await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task Functions_that_run_as_their_owner_have_a_fixed_search_path()
    {
        Assert.Equal("", await ScalarAsync(database.Login, """
            select coalesce(string_agg(p.oid::regprocedure::text, ' '), '')
            from pg_proc p join pg_roles r on r.oid = p.proowner
            where r.rolname = 'renexus_owner' and p.prosecdef and not coalesce(array_to_string(p.proconfig, ' ') like '%search_path=%', false)
            """));
    }

    [Fact]
    public async Task The_application_cannot_change_the_schema()
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(database.App, "create table engine.mine (id integer)"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task The_backup_role_reads_every_table_and_writes_none()
    {
        Assert.Equal("", await ScalarAsync(database.Login, """
            select coalesce(string_agg(c.oid::regclass::text, ' '), '')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
            where c.relkind in ('r', 'p', 'S') and r.rolname = 'renexus_owner'
              and (not has_schema_privilege('renexus_backup', n.oid, 'usage')
                   or c.relkind <> 'S' and not has_table_privilege('renexus_backup', c.oid, 'select')
                   or c.relkind <> 'S' and has_table_privilege('renexus_backup', c.oid, 'insert, update, delete, truncate')
                   or c.relkind = 'S' and not has_sequence_privilege('renexus_backup', c.oid, 'select'))
            """));
        Assert.Equal(true, await ScalarAsync(database.Login, "select rolbypassrls from pg_roles where rolname = 'renexus_backup'"));
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_cancelled()
    {
        await using var command = database.Login.CreateCommand("set statement_timeout = '50ms'; select pg_sleep(5)");
        var cancelled = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.QueryCanceled, cancelled.SqlState);
        Assert.Equal("5s", await ScalarAsync(database.Log, "show statement_timeout"));
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource pool, string sql)
    {
        await using var command = pool.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancelled);
    }
}
