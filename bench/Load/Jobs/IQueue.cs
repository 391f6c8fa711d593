using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Jobs;

/// <summary>A queue that takes no-op jobs of 90 bytes in and executes them, 50 at once.</summary>
internal interface IQueue
{
    string Name { get; }

    /// <summary>What it is, for whoever reads the result.</summary>
    string About { get; }

    /// <summary>One by one from 50 callers, then by the thousand from four, then all that lies there.</summary>
    Task<QueueRun> RunAsync(PostgresCluster cluster, int count, CancellationToken cancellationToken);
}

/// <summary>The three steps, each with its rate and with who used the processors.</summary>
internal sealed record QueueRun(Report One, Report Bulk, Report Execute)
{
    public const int Callers = 50;
    public const int BulkCallers = 4;
    public const int AtOnce = 1_000;

    public IEnumerable<Report> Steps => [One, Bulk, Execute];

    /// <summary>So many are put in one by one, which takes longest.</summary>
    public static int SingleOf(int count) => Math.Min(count, Math.Max(1_000, count / 4));

    public static Report Describe(string queue, string step, int jobs, CpuUse cpu)
    {
        var report = new Report($"Jobs, {queue}: {step}");
        report.AddMain("jobs", jobs / cpu.Elapsed.TotalSeconds, "/s");
        report.Add(cpu, jobs, "job");
        return report;
    }
}
