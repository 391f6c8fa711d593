using System.Diagnostics;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Load.Compare;

/// <summary>What was set, as it says itself.</summary>
/// <param name="Postgres">Of the PostgreSQL that all servers share.</param>
internal sealed record Settings(string Postgres, string Node, string Redis)
{
    private static readonly string[] Names =
        ["fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers", "max_wal_size", "max_connections", "jit", "track_io_timing"];

    public static async Task<Settings> ReadAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(await cluster.CreateEmptyDatabaseAsync());
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var said = new List<string> { $"PostgreSQL {connection.PostgreSqlVersion}" };
        foreach (var name in Names)
        {
            await using var show = new NpgsqlCommand($"select current_setting('{name}')", connection);
            said.Add($"{name} {await show.ExecuteScalarAsync(cancellationToken)}");
        }
        return new Settings(string.Join(", ", said), await VersionAsync("node", cancellationToken), await VersionAsync("redis-server", cancellationToken));
    }

    private static async Task<string> VersionAsync(string program, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return (await process.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
    }
}
