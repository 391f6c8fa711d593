using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Server.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

[Trait("spec", "DB-2")]
public sealed class MigratorTests
{
    private static readonly Migration First = new(1, "first", "create schema one; create table one.thing (id integer primary key);");
    private static readonly Migration Second = new(2, "second", "insert into one.thing values (1);");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fresh_database_gets_every_migration_of_the_server()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        var migrator = database.Migrator([.. Migration.Embedded]);

        Assert.Equal(Migration.Embedded, await migrator.PendingAsync(Cancelled));
        Assert.Equal(Migration.Embedded.Count, await migrator.MigrateAsync(Cancelled));
        Assert.Empty(await migrator.PendingAsync(Cancelled));
        Assert.Equal(0, await migrator.MigrateAsync(Cancelled));
    }

    [Fact]
    public void The_servers_migrations_are_numbered_without_gaps()
    {
        Assert.Equal(Enumerable.Range(1, Migration.Embedded.Count), Migration.Embedded.Select(migration => migration.Number));
    }

    [Fact]
    public async Task Two_nodes_that_start_at_once_apply_each_migration_once()
    {
        await using var database = await EmptyDatabase.CreateAsync();

        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => database.Migrator(First, Second).MigrateAsync(Cancelled))));

        Assert.Equal(2, counts.Sum());
        Assert.Equal(1L, await database.ScalarAsync("select count(*) from one.thing"));
    }

    [Fact]
    public async Task Databases_of_one_cluster_can_be_migrated_at_once()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => EmptyDatabase.CreateAsync()));

        var counts = await Task.WhenAll(databases.Select(database => database.Migrator(First, Second).MigrateAsync(Cancelled)));

        Assert.All(counts, count => Assert.Equal(2, count));
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task A_file_changed_after_it_was_applied_is_refused()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        await database.Migrator(First).MigrateAsync(Cancelled);

        var migrator = database.Migrator(First with { Sql = First.Sql + "-- changed" }, Second);
        var refusal = await Assert.ThrowsAsync<StartupException>(() => migrator.MigrateAsync(Cancelled));

        Assert.Equal(
            "Migration 0001_first was changed after it had been applied to this database: restore the file and put the change into a new one.",
            refusal.Message);
    }

    [Fact]
    public async Task Line_ends_of_a_checkout_are_no_change()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        var unix = First with { Sql = "create schema one;\ncreate table one.thing (id integer);\n" };
        await database.Migrator(unix).MigrateAsync(Cancelled);

        var windows = unix with { Sql = unix.Sql.ReplaceLineEndings("\r\n") };
        Assert.Empty(await database.Migrator(windows).PendingAsync(Cancelled));
    }

    [Fact]
    public async Task A_database_newer_than_the_server_is_refused()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        await database.Migrator(First, Second).MigrateAsync(Cancelled);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => database.Migrator(First).PendingAsync(Cancelled));

        Assert.StartsWith("The database has migration 0002_second, which this version of Renexus does not know", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_numbered_below_an_applied_one_is_refused()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        await database.Migrator(First with { Number = 3 }).MigrateAsync(Cancelled);

        var refusal = await Assert.ThrowsAsync<StartupException>(
            () => database.Migrator(Second, First with { Number = 3 }).MigrateAsync(Cancelled));

        Assert.StartsWith("Migration 0002_second comes before 0003", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_migration_leaves_nothing_behind_and_says_what_failed()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        var broken = new Migration(2, "broken", "create table one.left (id integer);\n\ninsert into one.missing\nvalues (1);");

        var failure = await Assert.ThrowsAsync<StartupException>(() => database.Migrator(First, broken).MigrateAsync(Cancelled));

        Assert.StartsWith("Migration 0002_broken failed and left nothing behind: 42P01 relation \"one.missing\"", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await database.ScalarAsync("select to_regclass('one.left')::text"));
        Assert.Equal([broken], await database.Migrator(First, broken).PendingAsync(Cancelled));
    }

    [Fact]
    public async Task Everything_belongs_to_the_owner_role()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        await database.Migrator(First).MigrateAsync(Cancelled);

        Assert.Equal("renexus_owner", await database.ScalarAsync("select tableowner::text from pg_tables where schemaname = 'one'"));
    }

    [Fact]
    public async Task A_login_with_no_rights_of_its_own_is_told_what_is_missing_and_migrates_after_the_documented_grants()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        var role = $"plain_{Guid.CreateVersion7():n}";
        await database.ScalarAsync($"create role {role} login password 'x'");
        var login = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "x" };
        await using var source = DataSources.ForLogin(new DatabaseAddress(login.ConnectionString));
        var migrator = new Migrator(source, [First], NullLogger<Migrator>.Instance);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => migrator.MigrateAsync(Cancelled));
        Assert.StartsWith("The database login lacks a right that migrations need", refusal.Message, StringComparison.Ordinal);

        // docs/deployment.md, "Roles"
        await database.ScalarAsync($"grant renexus_owner, renexus_app, renexus_log, renexus_backup to {role}");
        await database.ScalarAsync($"grant create on database {login.Database} to {role} with grant option");
        Assert.Equal(1, await migrator.MigrateAsync(Cancelled));
    }

    [Fact]
    public async Task A_login_that_owns_the_database_and_may_make_roles_needs_nothing_else()
    {
        await using var database = await EmptyDatabase.CreateAsync();
        var role = $"owner_{Guid.CreateVersion7():n}";
        await database.ScalarAsync($"create role {role} login createrole password 'x'");
        var login = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "x" };
        await database.ScalarAsync($"alter database {login.Database} owner to {role}");
        // Another made the roles here; whoever makes them has this right over them.
        await database.ScalarAsync($"grant renexus_owner, renexus_app, renexus_log, renexus_backup to {role} with admin true, inherit false, set false");

        await using var source = DataSources.ForLogin(new DatabaseAddress(login.ConnectionString));
        Assert.Equal(1, await new Migrator(source, [First], NullLogger<Migrator>.Instance).MigrateAsync(Cancelled));
    }

    private sealed class EmptyDatabase : IAsyncDisposable
    {
        private readonly NpgsqlDataSource login;

        private EmptyDatabase(string connectionString)
        {
            ConnectionString = connectionString;
            login = DataSources.ForLogin(new DatabaseAddress(connectionString));
        }

        public string ConnectionString { get; }

        public static async Task<EmptyDatabase> CreateAsync() =>
            new(await (await PostgresCluster.Shared).CreateEmptyDatabaseAsync());

        public Migrator Migrator(params Migration[] migrations) => new(login, migrations, NullLogger<Migrator>.Instance);

        public async Task<object?> ScalarAsync(string sql)
        {
            await using var command = login.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Cancelled);
        }

        public async ValueTask DisposeAsync()
        {
            await login.DisposeAsync();
            await (await PostgresCluster.Shared).DropDatabaseAsync(ConnectionString);
        }
    }
}
