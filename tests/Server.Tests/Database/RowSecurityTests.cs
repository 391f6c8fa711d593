using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

/// <summary>The second wall itself: who stands in front of it, and that it holds on connections that others have used.</summary>
[Trait("spec", "DB-4")]
public sealed class RowSecurityTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Ours = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("alter role renexus_app bypassrls", "renexus_app")]
    [InlineData("alter role renexus_log bypassrls", "renexus_log")]
    [InlineData("grant renexus_owner to renexus_app", "renexus_app")]
    [InlineData("alter table threads.thread owner to renexus_app", "renexus_app")]
    [Trait("security", "SEC-RLS-01")]
    public async Task The_server_does_not_start_with_a_role_that_could_step_around_it(string mistake, string role)
    {
        // Roles are the whole cluster's: this one is spoilt for nobody else.
        await using var cluster = await PostgresCluster.StartAsync(durable: false);
        var address = await cluster.CreateDatabaseAsync();
        await using (var login = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ConnectionString))
        {
            await using var command = login.CreateCommand(mistake);
            await command.ExecuteNonQueryAsync(Stop);
        }

        var folder = Directory.CreateTempSubdirectory("renexus-tests-").FullName;
        await using var app = Program.Build(
            ["--urls=http://127.0.0.1:0", $"--Renexus:Database:ConnectionString={address}", $"--Renexus:DataDirectory={folder}", "--Renexus:Logging:Format=text"]);
        var refusal = await Assert.ThrowsAsync<StartupException>(() => app.StartAsync(Stop));

        Assert.Contains(role, refusal.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Trait("security", "SEC-RLS-03")]
    public async Task One_connection_serves_two_workspaces_in_turn_and_mixes_nothing_up()
    {
        var (mine, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var fill = database.Login.CreateCommand("insert into workspaces.workspace (id, name, created_at, updated_at) values ($1, 'A', now(), now()), ($2, 'B', now(), now())"))
        {
            fill.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = mine });
            fill.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = theirs });
            await fill.ExecuteNonQueryAsync(Stop);
        }

        // A pool of one: every statement runs where the one before left off.
        await using var one = DataSources.ForApp(new DatabaseAddress(database.ConnectionString), new DatabaseOptions { PoolSize = 3 });
        using var engine = new Renexus.Engine.Storage.Database(one, database.Log, Microsoft.Extensions.Logging.Abstractions.NullLogger<Renexus.Engine.Storage.Database>.Instance, new DatabaseLimits { Concurrency = 4 });
        var all = new Query<Guid>("test.all", "select id from workspaces.workspace");
        var wrong = new Command("test.wrong", "select 1 / 0");
        var slow = new Command("test.slow", "select pg_sleep(10)");

        for (var i = 0; i < 2_000; i++)
        {
            var own = i % 2 == 0 ? mine : theirs;
            Assert.Equal([own], await engine.QueryAsync(Scope.In(own), all, [], Stop));
            switch (i % 100)
            {
                case 10:
                    await Assert.ThrowsAsync<PostgresException>(() => engine.ExecuteAsync(Scope.In(own), wrong, [], Stop));
                    break;
                case 20:
                    Assert.Empty(await engine.QueryAsync(Scope.None, all, [], Stop));
                    break;
                case 30:
                    await using (var work = await engine.BeginAsync(Scope.In(own), Stop))
                        Assert.Equal([own], await work.QueryAsync(all, [], Stop)); // and is left without a commit
                    break;
                case 40 when i < 500:
                    using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20)))
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.ExecuteAsync(Scope.In(own), slow, [], soon.Token));
                    break;
            }
        }

        Assert.Empty(await engine.QueryAsync(Scope.None, all, [], Stop));
    }

    [Fact]
    [Trait("security", "SEC-RLS-03")]
    public async Task BL8_people_who_read_in_one_statement_see_the_own_account_of_each_and_change_nothing()
    {
        var (ada, bob, eve) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var fill = database.Login.CreateCommand("""
            insert into accounts.user_account (id, email, email_key, name, created_at, updated_at)
            select id, id || '@example.com', id || '@example.com', 'Somebody', now(), now() from unnest($1::uuid[]) id
            """))
        {
            fill.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [ada, bob, eve] });
            await fill.ExecuteNonQueryAsync(Stop);
        }
        await using var one = DataSources.ForApp(new DatabaseAddress(database.ConnectionString), new DatabaseOptions { PoolSize = 3 });
        using var engine = new Renexus.Engine.Storage.Database(one, database.Log, Microsoft.Extensions.Logging.Abstractions.NullLogger<Renexus.Engine.Storage.Database>.Instance, new DatabaseLimits { Concurrency = 1 });
        var all = new Query<Guid>("test.accounts", "select id from accounts.user_account");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new HashSet<Guid> { ada, bob }, new HashSet<Guid>(await engine.QueryAsync(Scope.OfEach(ada, bob), all, [], Stop)));
            Assert.Equal([eve], await engine.QueryAsync(Scope.Of(eve), all, [], Stop));
            Assert.Empty(await engine.QueryAsync(Scope.None, all, [], Stop));
            Assert.Empty(await engine.QueryAsync(Scope.OfEach(), all, [], Stop));
        }
        Assert.Empty(await engine.QueryAsync(Scope.OfEach(ada, bob), new Query<Guid>("test.workspaces", "select id from workspaces.workspace"), [], Stop));
        Assert.Equal(0, await engine.ExecuteAsync(Scope.OfEach(ada, bob), new Command("test.rename", "update accounts.user_account set name = 'Other'"), [], Stop));
    }

    [Fact]
    [Trait("security", "SEC-RLS-03")]
    public async Task Without_a_scope_nothing_is_seen_and_nothing_can_be_written()
    {
        Assert.Empty(await database.Database.QueryAsync(Scope.None, new Query<Guid>("test.all", "select id from workspaces.workspace"), [], Stop));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.Database.ExecuteAsync(
            Scope.None, new Command("test.write", "insert into workspaces.workspace (id, name, created_at, updated_at) values (gen_random_uuid(), 'A', now(), now())"), [], Stop));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    [Trait("security", "SEC-RLS-02")]
    public async Task Every_policy_says_what_may_be_written_as_well_as_what_is_seen()
    {
        // A policy for everything checks what is written by what is seen, unless it says otherwise; one for writing must say it.
        Assert.Equal("", await NamesAsync("""
            select p.polrelid::regclass || ' ' || p.polname from pg_policy p
            where p.polcmd in ('a', 'w') and p.polwithcheck is null or p.polcmd in ('*', 'r', 'w', 'd') and p.polqual is null
            """));
    }

    [Fact]
    [Trait("security", "SEC-RLS-04")]
    public async Task Every_policy_reads_the_scope_once_for_a_statement()
    {
        Assert.Equal("", await NamesAsync("""
            select p.polrelid::regclass || ' ' || p.polname from pg_policy p
            where replace(coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''), 'SELECT engine.app_', '')
              ~ 'engine\.app_|current_setting'
            """));
    }

    [Fact]
    [Trait("security", "SEC-RLS-06")]
    public async Task Views_that_the_application_reads_are_bound_to_its_scope_or_tell_nothing_private()
    {
        // A view runs as its owner, past the policies (docs/decisions/0005): so each says itself whose rows it shows, or joins one that does.
        var views = await NamesAsync("""
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'v' and has_table_privilege('renexus_app', c.oid, 'select') and n.nspname not in ('pg_catalog', 'information_schema')
              and pg_get_viewdef(c.oid) !~ 'engine\.app_|workspaces\.member|app_workspaces|JOIN threads\.visible|FROM content\.visible'
            """);

        Assert.Equal("accounts.person", views); // the name of whoever's id one holds
    }

    [Fact]
    [Trait("security", "SEC-RLS-07")]
    public async Task No_function_of_ours_claims_to_leak_nothing() =>
        Assert.Equal("", await NamesAsync($"select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.proleakproof and {Ours}"));

    [Fact]
    [Trait("security", "SEC-RLS-09")]
    public async Task No_role_of_the_server_may_truncate_refer_to_or_put_triggers_on_a_table() =>
        Assert.Equal("", await NamesAsync($"""
            select r.name || ' ' || c.oid::regclass
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            cross join unnest(array['renexus_app', 'renexus_log', 'renexus_backup']) as r (name)
            where c.relkind in ('r', 'p') and {Ours} and has_table_privilege(r.name, c.oid, 'truncate, references, trigger')
            """));

    [Fact]
    [Trait("security", "SEC-RLS-11")]
    public async Task A_dump_as_the_application_fails_instead_of_leaving_rows_out()
    {
        await using var connection = await database.App.OpenConnectionAsync(Stop);
        await using var off = new NpgsqlCommand("begin; set local row_security = off; select count(*) from workspaces.workspace", connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => off.ExecuteScalarAsync(Stop));
        await using var back = new NpgsqlCommand("rollback", connection);
        await back.ExecuteNonQueryAsync(Stop);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    [Trait("security", "SEC-RLS-08")]
    public async Task No_unique_key_over_what_people_choose_reaches_across_workspaces_or_people()
    {
        // Unique keys are checked past row security: over a name or a number one could find out by a conflict what others have. Ids have
        // 122 random bits and hashes more, so a key over those tells nobody anything.
        var keys = await NamesAsync($"""
            select i.indexrelid::regclass::text
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
            where i.indisunique and c.relrowsecurity and {Ours}
              and not exists (
                select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                  and (a.atttypid in ('uuid'::regtype, 'bytea'::regtype)))
            """);

        // One address is one account, whoever asks; registering says "taken" only to who then reads the mail of it, and the issuer's name for a person is the issuer's.
        // What Clerk sends has an id that Clerk drew, and comes from nobody without Clerk's signature.
        // A job's key has its turn in it, a number that no other job has. What Clerk calls its organizations and people is written by functions alone.
        Assert.Equal(
            "accounts.clerk_event_pkey, accounts.external_identity_pkey, accounts.user_account_email_key, jobs.behind_pkey, jobs.ready_pkey, "
            + "workspaces.external_organization_pkey, workspaces.external_person_pkey", keys);
    }

    [Fact]
    [Trait("security", "SEC-RLS-08")]
    public async Task Every_foreign_key_to_a_guarded_table_is_over_ids_that_nobody_guesses() =>
        Assert.Equal("", await NamesAsync($"""
            select k.conrelid::regclass || ' ' || k.conname
            from pg_constraint k join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace
            where k.contype = 'f' and c.relrowsecurity and {Ours}
              and not exists (
                select from pg_attribute a where a.attrelid = k.confrelid and a.attnum = any (k.confkey)
                  and (a.atttypid in ('uuid'::regtype, 'bytea'::regtype)))
            """));

    [Theory]
    [InlineData("14.18", "14.19")]
    [InlineData("15.13", "15.14")]
    [InlineData("16.9", "16.10")]
    [InlineData("17.5", "17.6")]
    [InlineData("14.19", null)]
    [InlineData("15.14", null)]
    [InlineData("16.10", null)]
    [InlineData("17.6", null)]
    [InlineData("18.0", null)]
    [Trait("security", "SEC-RLS-10")]
    public void A_release_with_known_ways_around_is_told_with_the_one_that_has_none(string release, string? mended)
    {
        var doubt = PostgresRelease.Doubt(Version.Parse(release));

        Assert.Equal(mended is null, doubt is null);
        Assert.Contains(mended ?? "", doubt ?? "", StringComparison.Ordinal);
    }

    private async Task<string> NamesAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var names = new List<string>();
        while (await reader.ReadAsync(Stop))
            names.Add(reader.GetString(0));
        return string.Join(", ", names.Order(StringComparer.Ordinal));
    }
}
