using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Server.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

[Collection(nameof(Processes))]
[Trait("spec", "DP-1")]
public sealed class EmbeddedPostgresTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder data = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_there_after_PostgreSQL_was_killed_and_the_pool_recovers()
    {
        await using var postgres = Make(data.Path);
        await postgres.StartAsync(Cancelled);
        await using var pool = PoolOf(postgres);
        await ExecuteAsync(pool, "create table kept (id integer); insert into kept values (1)");
        var killed = postgres.Postmaster!.Value;

        Processes.Kill(killed);

        await Eventually.TrueAsync("PostgreSQL was started again", Soon, () => postgres.Postmaster is { } now && now != killed);
        await Eventually.TrueAsync("the row is read again", Soon, async () =>
        {
            try
            {
                return await ScalarAsync(pool, "select count(*) from kept") is 1L;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_living_stranger_with_the_number_of_a_killed_PostgreSQL_is_left_alone()
    {
        await using (var postgres = Make(data.Path))
            await postgres.StartAsync(Cancelled);
        using var stranger = Process.Start("sleep", "60");
        await File.WriteAllLinesAsync(data.PidFile, [$"{stranger.Id}", Path.GetDirectoryName(data.PidFile)!, "1", "5432", "/tmp", "", "0 0", "ready"], Cancelled);

        await using var next = Make(data.Path);
        await next.StartAsync(Cancelled);

        Assert.False(stranger.HasExited);
        Assert.NotEqual(stranger.Id, next.Postmaster);
        stranger.Kill();
    }

    [Fact]
    public async Task Data_of_another_major_version_is_refused_in_one_sentence()
    {
        var folder = Directory.CreateDirectory(Path.Combine(data.Path, "postgres", "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "PG_VERSION"), "15\n", Cancelled);

        await using var postgres = Make(data.Path);
        var refusal = await Assert.ThrowsAsync<StartupException>(() => postgres.StartAsync(Cancelled));

        Assert.StartsWith($"The data directory {data.Path} holds a database of PostgreSQL 15, this Renexus brings 18:", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task An_interrupted_creation_is_begun_again()
    {
        Directory.CreateDirectory(Path.Combine(data.Path, "postgres", "data.new", "base"));
        Directory.CreateDirectory(Path.Combine(data.Path, "postgres", "data"));

        await using var postgres = Make(data.Path);
        await postgres.StartAsync(Cancelled);
        await using var pool = PoolOf(postgres);

        Assert.Equal("on", await ScalarAsync(pool, "show data_checksums"));
    }

    [Fact]
    public async Task A_broken_setting_is_reported_with_PostgreSQLs_own_words()
    {
        await using var postgres = Make(data.Path, "shared_buffers=nonsense");
        var failure = await Assert.ThrowsAsync<StartupException>(() => postgres.StartAsync(Cancelled));

        Assert.Contains("invalid value for parameter \"shared_buffers\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_reached_through_its_socket_alone_and_only_with_the_password()
    {
        await using var postgres = Make(data.Path);
        await postgres.StartAsync(Cancelled);
        await using var pool = PoolOf(postgres);

        Assert.Equal("", await ScalarAsync(pool, "show listen_addresses"));
        await using var guess = new NpgsqlConnection($"{postgres.ConnectionString};Password=guess");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => guess.OpenAsync(Cancelled));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Root_can_keep_its_data_where_nobody_else_can_go()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root has this problem.");
        var closed = Path.Combine(data.Path, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using (var postgres = Make(closed))
        {
            await postgres.StartAsync(Cancelled);
            await using var pool = PoolOf(postgres);
            await ExecuteAsync(pool, "create table kept (id integer)");
        }

        // Moved to where others can go, it runs under another account, and back.
        var open = Path.Combine(data.Path, "open");
        Directory.Move(closed, open);
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherExecute);
        foreach (var folder in new[] { open, closed })
        {
            if (folder == closed)
            {
                Directory.Move(open, closed);
                File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            await using var postgres = Make(folder);
            await postgres.StartAsync(Cancelled);
            await using var pool = PoolOf(postgres);
            Assert.Equal(0L, await ScalarAsync(pool, "select count(*) from kept"));
        }
    }

    [Fact]
    public async Task A_long_path_is_no_obstacle()
    {
        await using var postgres = Make(Path.Combine(data.Path, new string('a', 120)));
        await postgres.StartAsync(Cancelled);
        await using var pool = PoolOf(postgres);

        Assert.Equal(1, await ScalarAsync(pool, "select 1"));
    }

    [Fact]
    public void What_it_says_of_clients_stays_out_of_the_log()
    {
        var logger = new Lines();
        var log = new PostgresLog(logger);

        log.Read("client backend|ERROR:  duplicate key value violates unique constraint");
        log.Read("client backend|DETAIL:  Key (email)=(ada@example.org) already exists.");
        log.Read("\twith more of it");
        log.Read("checkpointer|ERROR:  could not fsync file");
        log.Read("checkpointer|HINT:  look at the disk");
        log.Read("postmaster|FATAL:  could not create lock file");
        log.Read("postmaster|LOG:  database system is ready to accept connections");

        Assert.Equal(
            "Warning ERROR:  could not fsync file\nWarning HINT:  look at the disk\nError FATAL:  could not create lock file\n" +
            "Debug LOG:  database system is ready to accept connections\n", logger.ToString());
        Assert.Equal("FATAL:  could not create lock file", log.Failure);
        Assert.True(log.Ready.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Programs_unpacked_by_several_processes_at_once_are_whole()
    {
        var cache = Path.Combine(data.Path, "cache");

        var found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PostgresBinaries.Ensure(cache), Cancelled)));

        Assert.Single(found.Distinct());
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(cache, "postgres")));
        using var version = Process.Start(new ProcessStartInfo(found[0].Postgres, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.StartsWith("postgres (PostgreSQL) 18", await version.StandardOutput.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => data.DisposeAsync();

    private static EmbeddedPostgres Make(string folder, params string[] settings) => new(
        new(Path.Combine(folder, "postgres"), [.. PostgresCaches.ForThisUser, Path.Combine(folder, "cache")], settings, Durable: false),
        TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);

    private static NpgsqlDataSource PoolOf(EmbeddedPostgres postgres) =>
        NpgsqlDataSource.Create($"{postgres.ConnectionString};Password={postgres.Password};Timeout=3");

    private static async Task ExecuteAsync(NpgsqlDataSource pool, string sql)
    {
        await using var command = pool.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource pool, string sql)
    {
        await using var command = pool.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancelled);
    }

    private sealed class Lines : Microsoft.Extensions.Logging.ILogger
    {
        private readonly StringBuilder text = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            text.Append(logLevel).Append(' ').Append(formatter(state, exception).Replace("PostgreSQL: ", "", StringComparison.Ordinal)).Append('\n');

        public override string ToString() => text.ToString();
    }
}
