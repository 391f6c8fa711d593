using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Renexus.Load.Target;
using Renexus.Load.Wires;
using Renexus.Testing;

namespace Renexus.Load.Contestants;

/// <summary>The ordinary stack: bench/Peers/ordinary.</summary>
/// <param name="sockets">As the server calls them.</param>
/// <param name="way">How a message is stored: see store.mjs.</param>
internal sealed class OrdinaryContestant(DirectoryInfo folder, string sockets, int workers, string way) : IContestant
{
    public string Name => $"{(sockets == "ws" ? "Express + ws" : "Express + Socket.IO")}{(workers > 1 ? $" × {workers}" : "")}{(way == "statement" ? ", one statement" : "")}";

    public string About =>
        $"Express 5, drizzle on pg (pool 20), {(sockets == "ws" ? "ws 8" : "Socket.IO 4")}, {(workers > 1 ? $"{workers} processes" : "one process")}, a message {(way == "statement" ? "in one statement" : "in a transaction of four statements")}";

    public async Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken)
    {
        var url = UrlOf(await cluster.CreateEmptyDatabaseAsync());
        var population = await FillAsync(url, inventory, cancellationToken);
        var server = await Launcher.StartAsync(
            address => Command(address, url), sockets == "ws" ? new PlainWire() : new SocketIoWire(), cluster.Postmaster, temporary: null, cancellationToken);
        return server with { Population = population };
    }

    private async Task<Population> FillAsync(string url, Inventory inventory, CancellationToken cancellationToken)
    {
        int[] sizes = [inventory.Users, inventory.Threads, inventory.Messages, inventory.Writers];
        var start = new ProcessStartInfo("node", [Path.Combine(folder.FullName, "prepare.mjs"), url, .. sizes.Select(size => size.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"bench/Peers/ordinary failed; run `npm ci` there first. {await errors}");
        var made = JsonElement.Parse(output);
        return new Population(
            [.. made.GetProperty("users").EnumerateArray().Zip(made.GetProperty("tokens").EnumerateArray(), (user, token) => new Login(user.GetGuid(), token.GetString()!))],
            [.. made.GetProperty("threads").EnumerateArray().Select(thread => thread.GetGuid())]);
    }

    private ProcessStartInfo Command(Uri address, string url)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(folder.FullName, "server.mjs")]);
        foreach (var (name, value) in new[]
        {
            ("PORT", address.Port.ToString(CultureInfo.InvariantCulture)), ("DATABASE_URL", url), ("SOCKETS", sockets),
            ("WORKERS", workers.ToString(CultureInfo.InvariantCulture)), ("WAY", way), ("NODE_ENV", "production"),
        })
            start.Environment[name] = value;
        return start;
    }

    private static string UrlOf(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var password = Uri.EscapeDataString(parts.Password ?? "");
        return Path.IsPathRooted(parts.Host)
            ? $"socket://{parts.Username}:{password}@{parts.Host}?db={parts.Database}&encoding=utf8"
            : $"postgres://{parts.Username}:{password}@{parts.Host}:{parts.Port.ToString(CultureInfo.InvariantCulture)}/{parts.Database}";
    }
}
