using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <summary>From the start of the process to the first healthy answer: once on an empty data directory, then with data present.</summary>
internal static class StartLoad
{
    public static async Task<Report> RunAsync(ServerLaunch launch, int times, CancellationToken cancellationToken)
    {
        var temporary = launch.Data is null ? Directory.CreateTempSubdirectory("renexus-load-") : null;
        try
        {
            // A directory that is given is kept, from start to start too.
            var kept = launch with { Data = launch.Data ?? temporary };
            var first = await StartAsync(kept, cancellationToken);
            var later = new List<(TimeSpan Wall, TimeSpan Cpu, long Memory)>();
            for (var i = 0; i < times; i++)
                later.Add(await StartAsync(kept, cancellationToken));
            later.Sort();

            var report = new Report($"Start to the first healthy answer, {times} times with data present");
            report.Add("on an empty directory", first.Wall.TotalMilliseconds, "ms");
            report.Add("with data present, median", later[times / 2].Wall.TotalMilliseconds, "ms");
            report.Add("fastest", later[0].Wall.TotalMilliseconds, "ms");
            report.Add("slowest", later[^1].Wall.TotalMilliseconds, "ms");
            report.Add("CPU server, median", later.Select(start => start.Cpu).Order().ElementAt(times / 2).TotalMilliseconds, "ms");
            report.Add("resident memory then, median", later.Select(start => start.Memory).Order().ElementAt(times / 2) / 1024.0 / 1024, "MB");
            return report;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static async Task<(TimeSpan Wall, TimeSpan Cpu, long Memory)> StartAsync(ServerLaunch launch, CancellationToken cancellationToken)
    {
        await using var server = await launch.StartAsync(cancellationToken);
        return (server.StartTime, ProcessTable.Read()[server.ProcessId].Cpu, ProcessTable.ResidentBytes(server.ProcessId));
    }
}
