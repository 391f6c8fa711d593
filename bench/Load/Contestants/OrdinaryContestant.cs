using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Renexus.Load.Target;
using Renexus.Load.Wires;
using Renexus.Testing;

namespace Renexus.Load.Contestants;

/// <summary>How the ordinary stack is set.</summary>
/// <param name="Sockets">As server.mjs calls them.</param>
internal sealed record OrdinaryWay(string Sockets)
{
    public const string SocketIo = "socket.io";
    public const string Plain = "ws";

    public int Workers { get; init; } = 1;

    /// <summary>A message in one statement instead of a transaction: see store.mjs.</summary>
    public bool InOneStatement { get; init; }

    /// <summary>Connections to PostgreSQL, of all workers together.</summary>
    public int Pool { get; init; } = UsualPool;

    /// <summary>Of node's own.</summary>
    public string? Flag { get; init; }

    public const int UsualPool = 20;
}

/// <summary>The ordinary stack: bench/Peers/ordinary.</summary>
internal sealed class OrdinaryContestant(DirectoryInfo folder, OrdinaryWay way) : IContestant
{
    public string Name => string.Concat(
        way.Sockets == OrdinaryWay.Plain ? "Express + ws" : "Express + Socket.IO",
        way.Workers > 1 ? $" × {way.Workers}" : "",
        way.InOneStatement ? ", one statement" : "",
        way.Pool != OrdinaryWay.UsualPool ? $", pool {way.Pool}" : "",
        way.Flag is { } flag ? $", {flag}" : "");

    public string About =>
        $"{Packages()}; NODE_ENV production{(way.Flag is { } flag ? $", {flag}" : "")}, {(way.Workers > 1 ? $"{way.Workers} processes" : "one process")}, {way.Pool} connections to PostgreSQL in all, statements prepared, a message {(way.InOneStatement ? "in one statement, written by hand" : "in a transaction of four statements")}";

    public async Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken)
    {
        var url = UrlOf(await cluster.CreateEmptyDatabaseAsync());
        var population = await FillAsync(url, inventory, cancellationToken);
        var server = await Launcher.StartAsync(
            address => Command(address, url), way.Sockets == OrdinaryWay.Plain ? new PlainWire() : new SocketIoWire(), cluster.Postmaster, temporary: null, cancellationToken);
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
        string[] flags = way.Flag is { } flag ? [flag] : [];
        var start = new ProcessStartInfo("node", [.. flags, Path.Combine(folder.FullName, "server.mjs")]);
        foreach (var (name, value) in new[]
        {
            ("PORT", address.Port.ToString(CultureInfo.InvariantCulture)), ("DATABASE_URL", url), ("SOCKETS", way.Sockets),
            ("WORKERS", way.Workers.ToString(CultureInfo.InvariantCulture)), ("WAY", way.InOneStatement ? "statement" : "transaction"),
            ("POOL", way.Pool.ToString(CultureInfo.InvariantCulture)), ("NODE_ENV", "production"),
        })
            start.Environment[name] = value;
        return start;
    }

    /// <summary>What stands in its package.json.</summary>
    private string Packages()
    {
        var packages = JsonElement.Parse(File.ReadAllText(Path.Combine(folder.FullName, "package.json"))).GetProperty("dependencies");
        var other = way.Sockets == OrdinaryWay.Plain ? "socket.io" : "ws";
        return string.Join(", ", packages.EnumerateObject()
            .Where(package => package.Name != other && (way.Workers > 1 || !package.Name.EndsWith("cluster-adapter", StringComparison.Ordinal)))
            .Select(package => $"{package.Name} {package.Value.GetString()}"));
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
