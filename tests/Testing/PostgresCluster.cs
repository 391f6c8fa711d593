using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Server.Postgres;

namespace Renexus.Testing;

/// <summary>
/// A PostgreSQL of the tests' own, the same embedded one the server starts. One is shared by all tests of a process; a test that kills it
/// starts another for itself.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Prefix = "renexus-tests-";
    private const string Template = "renexus_template";

    private static readonly Lazy<Task<PostgresCluster>> ForThisProcess = new(StartSharedAsync);

    private readonly string root;
    private readonly EmbeddedPostgres postgres;

    private PostgresCluster(string root, EmbeddedPostgres postgres)
    {
        this.root = root;
        this.postgres = postgres;
    }

    /// <summary>The one of this process; it goes with the process.</summary>
    public static Task<PostgresCluster> Shared => ForThisProcess.Value;

    /// <summary>The process number of the running PostgreSQL.</summary>
    public int? Postmaster => postgres.Postmaster;

    /// <summary>Starts another one with a migrated template database.</summary>
    /// <param name="durable">True for tests that kill it: a commit then waits for the disk, as in production.</param>
    public static async Task<PostgresCluster> StartAsync(bool durable)
    {
        var folder = Path.Combine(Path.GetTempPath(), Prefix + Guid.CreateVersion7().ToString("n"));
        string[] settings = ["max_connections=400", .. durable ? (string[])[] : ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]];
        var options = new EmbeddedPostgresOptions(folder, [.. PostgresCaches.ForThisUser, Path.Combine(folder, "cache")], settings, durable);
        var cluster = new PostgresCluster(folder, new EmbeddedPostgres(options, TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance));
        await cluster.postgres.StartAsync(CancellationToken.None);
        await cluster.CreateDatabaseAsync(Template, "template1");
        await using var login = DataSources.ForLogin(cluster.AddressOf(Template));
        await new Migrator(login, Migration.Embedded, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        return cluster;
    }

    /// <summary>Makes a database with the migrated schema and answers the connection string of its login.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.CreateVersion7():n}";
        await CreateDatabaseAsync(name, Template);
        return ConnectionStringOf(name);
    }

    /// <summary>Makes a database without any schema.</summary>
    public async Task<string> CreateEmptyDatabaseAsync()
    {
        var name = $"test_{Guid.CreateVersion7():n}";
        await CreateDatabaseAsync(name, "template1");
        return ConnectionStringOf(name);
    }

    public async Task DropDatabaseAsync(string connectionString) =>
        await ExecuteAsync($"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    /// <summary>Kills the postmaster the hard way; it is started again by itself.</summary>
    public void Kill()
    {
        using var postmaster = Process.GetProcessById(Postmaster ?? throw new InvalidOperationException("PostgreSQL does not run."));
        postmaster.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private static async Task<PostgresCluster> StartSharedAsync()
    {
        RemoveLeftovers();
        var cluster = await StartAsync(durable: false);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return cluster;
    }

    // A killed test run leaves its files (never its processes). Whoever still runs holds the lock in its folder.
    private static void RemoveLeftovers()
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                using (File.Open(Path.Combine(left, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    Directory.Delete(left, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or somebody else's.
            }
        }
    }

    private Task CreateDatabaseAsync(string name, string template) => ExecuteAsync($"create database {name} template {template} strategy file_copy");

    private async Task ExecuteAsync(string sql)
    {
        await using var login = DataSources.ForLogin(AddressOf("postgres"));
        await using var command = login.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private DatabaseAddress AddressOf(string database) => new(ConnectionStringOf(database));

    private string ConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = database, Password = postgres.Password }.ConnectionString;
}
