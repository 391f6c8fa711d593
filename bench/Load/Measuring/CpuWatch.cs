using System.Diagnostics;

namespace Renexus.Load.Measuring;

/// <summary>CPU used between two moments.</summary>
/// <param name="Server">By the server's process.</param>
/// <param name="Postgres">By PostgreSQL's processes.</param>
/// <param name="Generator">By this process.</param>
/// <param name="Foreign">By everything else, in cores: what makes a figure doubtful.</param>
internal sealed record CpuUse(TimeSpan Elapsed, TimeSpan Server, TimeSpan Postgres, TimeSpan Generator, double Foreign)
{
    /// <summary>A run counts only while others use less than this share of one core.</summary>
    public const double QuietBelow = 0.15;

    public bool IsQuiet => Foreign < QuietBelow;
}

/// <summary>Watches the processes of a run: the server, its PostgreSQL, this one, and whoever else takes the CPU.</summary>
internal sealed class CpuWatch
{
    private readonly int? postgresId;
    private readonly Sample before;

    /// <param name="serverId">The server, if it runs already; PostgreSQL below it is found on its own.</param>
    /// <param name="postgresId">The first process of a PostgreSQL that the server did not start.</param>
    public CpuWatch(int? serverId, int? postgresId)
    {
        this.postgresId = postgresId;
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
        var postgres = after.Postgres - before.Postgres;
        var generator = after.Generator - before.Generator;
        var foreign = after.Machine - before.Machine - server - postgres - generator;
        // Ticks of 10 ms in several counters: a little below nothing is nothing.
        return new CpuUse(elapsed, server, postgres, generator, Math.Max(0, foreign / elapsed));
    }

    private Sample Take()
    {
        var rows = ProcessTable.Read();
        var server = TimeSpan.Zero;
        var postgres = TimeSpan.Zero;
        foreach (var row in rows.Values)
        {
            // Whoever ends leaves its time with the process that waited for it.
            var isServer = ProcessTable.Descends(row, ServerId, rows);
            if (row.Name == "postgres" && (isServer || ProcessTable.Descends(row, postgresId, rows)))
                postgres += row.Cpu + row.ReapedCpu;
            else if (isServer)
                server += row.Cpu + row.ReapedCpu;
        }

        using var self = Process.GetCurrentProcess();
        return new Sample(Stopwatch.GetTimestamp(), server, postgres, self.TotalProcessorTime, ProcessTable.MachineCpu());
    }

    private readonly record struct Sample(long At, TimeSpan Server, TimeSpan Postgres, TimeSpan Generator, TimeSpan Machine);
}
