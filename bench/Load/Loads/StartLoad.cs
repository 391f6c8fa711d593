using Renexus.Load.Contestants;
using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <summary>From the start of the process to the first healthy answer: once on an empty data directory, then with data present.</summary>
internal static class StartLoad
{
    public static async Task<Report> RunAsync(RenexusServer launch, int times, CancellationToken cancellationToken)
    {
        var temporary = launch.Data is null ? Directory.CreateTempSubdirectory("renexus-load-") : null;
        try
        {
            // A directory that is given is kept, from start to start too.
            var kept = launch with { Data = launch.Data ?? temporary };
            var first = await StartAsync(kept, cancellationToken);
            var later = new List<Start>();
            for (var i = 0; i < times; i++)
                later.Add(await StartAsync(kept, cancellationToken));
            later.Sort((one, other) => one.Wall.CompareTo(other.Wall));

            var report = new Report($"Start to the first healthy answer, {times} times with data present");
            report.Add("on an empty directory", first.Wall.TotalMilliseconds, "ms");
            report.AddMain("with data present, median", later[times / 2].Wall.TotalMilliseconds, "ms");
            report.Add("fastest", later[0].Wall.TotalMilliseconds, "ms");
            report.Add("slowest", later[^1].Wall.TotalMilliseconds, "ms");
            report.Add("CPU server, of the median", later[times / 2].Cpu.Server.TotalMilliseconds, "ms");
            report.Add("CPU database, of the median", later[times / 2].Cpu.Database.TotalMilliseconds, "ms");
            report.AddMemory("resident memory then, of the median", later[times / 2].Memory);
            report.AddForeign(later[times / 2].Cpu);
            return report;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    /// <summary>One that runs, again and again on its data and an outside PostgreSQL.</summary>
    /// <returns>And the server that was started last.</returns>
    public static async Task<(Report Report, TargetServer Last)> RestartAsync(TargetServer server, int times, CancellationToken cancellationToken)
    {
        var starts = new List<Start>();
        for (var i = 0; i < times; i++)
        {
            await server.StopAsync();
            var watch = new CpuWatch(null, server.PostgresId);
            server = await server.StartAgainAsync(cancellationToken);
            watch.ServerId = server.ProcessId;
            starts.Add(new Start(server.StartTime, watch.Read(), server.ResidentBytes()));
        }

        var median = starts.OrderBy(start => start.Wall).ElementAt(times / 2);
        var report = new Report($"Start to the first healthy answer, {times} times, PostgreSQL running");
        report.AddMain("median", median.Wall.TotalMilliseconds, "ms");
        report.AddMemory("resident memory then", median.Memory);
        report.Add(median.Cpu, 1, "start");
        return (report, server);
    }

    private static async Task<Start> StartAsync(RenexusServer launch, CancellationToken cancellationToken)
    {
        var watch = new CpuWatch(null, launch.PostgresId);
        await using var server = await launch.StartAsync(cancellationToken);
        watch.ServerId = server.ProcessId;
        return new Start(server.StartTime, watch.Read(), ProcessTable.ResidentBytes(server.ProcessId));
    }

    private sealed record Start(TimeSpan Wall, CpuUse Cpu, long Memory);
}
