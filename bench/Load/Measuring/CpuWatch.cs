using System.Diagnostics;
using System.Globalization;

namespace Renexus.Load.Measuring;

/// <summary>CPU used between two moments.</summary>
/// <param name="Server">By the server's processes.</param>
/// <param name="Database">By its PostgreSQL's (or Redis's, where a queue keeps its jobs there).</param>
/// <param name="Generator">By this process.</param>
/// <param name="Foreign">By everything else, in cores: what makes a figure doubtful.</param>
internal sealed record CpuUse(TimeSpan Elapsed, TimeSpan Server, TimeSpan Database, TimeSpan Generator, double Foreign)
{
    /// <summary>A run counts only while others use less than this share of one core.</summary>
    public const double QuietBelow = 0.15;

    public bool IsQuiet => Foreign < QuietBelow;

    /// <summary>Those of the others that used most, by name.</summary>
    public IReadOnlyList<(string Name, double Cores)> Others { get; init; } = [];

    /// <summary>How much the others used, and who they were.</summary>
    public string Disturbance => string.Create(
        CultureInfo.InvariantCulture,
        $"{Foreign:P0} of a core{(Others.Count > 0 ? $" ({string.Join(", ", Others.Select(other => string.Create(CultureInfo.InvariantCulture, $"{other.Name} {other.Cores:P0}")))})" : "")}");
}

/// <summary>Watches the processes of a run: the server, its database, this one, and whoever else takes the CPU.</summary>
internal sealed class CpuWatch
{
    private const int Named = 3;
    private const double WorthNaming = 0.01;

    private readonly int? databaseId;
    private readonly int? secondId;
    private readonly Sample before;

    /// <param name="serverId">The server, if it runs already; PostgreSQL below it is found on its own.</param>
    /// <param name="databaseId">The first process of a PostgreSQL (or Redis) that the server did not start.</param>
    /// <param name="secondId">Another process of the server's.</param>
    public CpuWatch(int? serverId, int? databaseId, int? secondId = null)
    {
        (this.databaseId, this.secondId) = (databaseId, secondId);
        ServerId = serverId;
        before = Take();
    }

    /// <summary>The server; set it when it started only after the watch began.</summary>
    public int? ServerId { get; set; }

    public CpuUse Read()
    {
        var after = Take();
        var elapsed = Stopwatch.GetElapsedTime(before.At, after.At);
        var server = after.Server - before.Server;
        var database = after.Database - before.Database;
        var generator = after.Generator - before.Generator;
        var foreign = after.Machine - before.Machine - server - database - generator;
        // Ticks of 10 ms in several counters: a little below nothing is nothing.
        return new CpuUse(elapsed, server, database, generator, Math.Max(0, foreign / elapsed)) { Others = Busiest(before.Others, after.Others, elapsed) };
    }

    private static (string Name, double Cores)[] Busiest(Dictionary<int, ProcessRow> before, Dictionary<int, ProcessRow> after, TimeSpan elapsed) =>
        [.. after.Values
            .Select(row => (row.Name, Cores: (row.Cpu - (before.TryGetValue(row.Id, out var then) ? then.Cpu : TimeSpan.Zero)) / elapsed))
            .GroupBy(other => other.Name, (name, others) => (Name: name, Cores: others.Sum(other => other.Cores)))
            .Where(other => other.Cores >= WorthNaming)
            .OrderByDescending(other => other.Cores)
            .Take(Named)];

    private Sample Take()
    {
        var rows = ProcessTable.Read();
        var server = TimeSpan.Zero;
        var database = TimeSpan.Zero;
        var others = new Dictionary<int, ProcessRow>();
        foreach (var row in rows.Values)
        {
            // Whoever ends leaves its time with the process that waited for it.
            var isServer = ProcessTable.Descends(row, ServerId, rows) || ProcessTable.Descends(row, secondId, rows);
            if (ProcessTable.Descends(row, databaseId, rows) || (isServer && row.Name == "postgres"))
                database += row.Cpu + row.ReapedCpu;
            else if (isServer)
                server += row.Cpu + row.ReapedCpu;
            else if (row.Id != Environment.ProcessId)
                others.Add(row.Id, row);
        }

        using var self = Process.GetCurrentProcess();
        return new Sample(Stopwatch.GetTimestamp(), server, database, self.TotalProcessorTime, ProcessTable.MachineCpu(), others);
    }

    private readonly record struct Sample(long At, TimeSpan Server, TimeSpan Database, TimeSpan Generator, TimeSpan Machine, Dictionary<int, ProcessRow> Others);
}
