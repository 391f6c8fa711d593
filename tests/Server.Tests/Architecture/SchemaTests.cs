using Renexus.Testing;

namespace Renexus.Server.Tests.Architecture;

/// <summary>What holds for every table, found in the catalogue, so that a new one cannot be forgotten.</summary>
[Trait("spec", "DB-1")]
public sealed class SchemaTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Ours = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')";

    /// <summary>Tables of workspaces or people without row-level security, and why.</summary>
    private static readonly string[] Unguarded =
    [
        // The engine's own, over all people at once: the application's role has no right to it at all.
        "engine.session",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_foreign_key_has_a_whole_index_that_begins_with_a_column_of_it()
    {
        Assert.Empty(await NamesAsync("""
            select k.conrelid::regclass || ' ' || k.conname
            from pg_constraint k
            where k.contype = 'f' and not exists (
              select from pg_index i
              where i.indrelid = k.conrelid and i.indpred is null and i.indkey[0] = any (k.conkey))
            """));
    }

    [Fact]
    public async Task Every_table_with_updated_at_has_it_stamped_by_a_trigger()
    {
        Assert.Empty(await NamesAsync($"""
            select c.oid::regclass::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at' and not a.attisdropped
            where c.relkind in ('r', 'p') and {Ours} and not exists (
              select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
              where t.tgrelid = c.oid and p.proname = 'stamp_update' and not t.tgisinternal)
            """));
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task Every_table_of_a_workspace_or_a_person_has_row_level_security_and_a_policy()
    {
        Assert.Equal(Unguarded, await NamesAsync($"""
            select distinct c.oid::regclass::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname in ('workspace_id', 'user_id') and not a.attisdropped
            where c.relkind in ('r', 'p') and {Ours}
              and (not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
            """));
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task The_application_has_no_right_to_a_table_without_row_level_security_that_belongs_to_somebody()
    {
        Assert.All(Unguarded, table => Assert.NotEmpty(table));
        Assert.Empty(await NamesAsync($"""
            select t from unnest(array['{string.Join("','", Unguarded)}']) t
            where has_table_privilege('renexus_app', t, 'select, insert, update, delete')
            """));
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task The_application_owns_nothing_and_cannot_step_around_row_level_security()
    {
        Assert.Empty(await NamesAsync("select oid::regclass::text from pg_class where pg_get_userbyid(relowner) in ('renexus_app', 'renexus_log')"));
        Assert.Empty(await NamesAsync("""
            select rolname::text from pg_roles where rolname in ('renexus_app', 'renexus_log') and (rolbypassrls or rolsuper or rolcreaterole or rolcreatedb)
            """));
    }

    [Fact]
    public async Task Every_table_has_a_primary_key()
    {
        Assert.Empty(await NamesAsync($"""
            select c.oid::regclass::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and {Ours} and not exists (
              select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
            """));
    }

    private async Task<List<string>> NamesAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var names = new List<string>();
        while (await reader.ReadAsync(Cancelled))
            names.Add(reader.GetString(0));
        return names;
    }
}
