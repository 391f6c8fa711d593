using System.Diagnostics;
using Renexus.Load.Contestants;
using Renexus.Load.Jobs;
using Renexus.Load.Loads;
using Renexus.Load.Measuring;
using Renexus.Load.Target;
using Renexus.Testing;

namespace Renexus.Load.Compare;

/// <summary>A server of a comparison.</summary>
/// <param name="Rounds">In how many of the rounds it takes part, from the first.</param>
/// <param name="Works">What it does there.</param>
internal sealed record Entry(IContestant Contestant, int Rounds, IReadOnlySet<Work> Works);

/// <summary>How long and how often.</summary>
/// <param name="Tries">How often a run is tried at most while something else uses the machine.</param>
internal sealed record ComparisonPlan(int Rounds, int Tries, int Starts, int Jobs);

/// <summary>
/// The contestants in turn, round after round (A B A B …), each on a fresh database of the same PostgreSQL. A run counts only while nothing
/// else uses the machine, and is repeated otherwise.
/// </summary>
/// <param name="own">Ours once more, by itself, if it takes part: it starts its own PostgreSQL.</param>
internal sealed class Comparison(IReadOnlyList<Entry> entries, IReadOnlyList<IQueue> queues, RenexusServer? own, IReadOnlyList<Workload> workloads, ComparisonPlan plan)
{
    private readonly Runs runs = new();

    /// <param name="write">Called after each round with what is known by then, so that a run that is cut short is not lost.</param>
    public async Task RunAsync(Func<string, Task> write, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        var settings = await Settings.ReadAsync(cluster, cancellationToken);
        for (var round = 1; round <= plan.Rounds; round++)
        {
            foreach (var entry in entries.Where(entry => round <= entry.Rounds))
            {
                Console.WriteLine($"== Round {round} of {plan.Rounds}: {entry.Contestant.Name}");
                await RunAsync(cluster, entry, round, cancellationToken);
            }
            foreach (var queue in queues)
                await RunAsync(cluster, queue, round, cancellationToken);
            if (own is not null)
                await QuietlyAsync(Work.OwnStart, entries[0].Contestant.Name, round, () => StartLoad.RunAsync(own, plan.Starts, cancellationToken));
            var page = new ResultPage(runs, plan, [.. entries.Select(entry => entry.Contestant)], queues, settings, Stopwatch.GetElapsedTime(began)) { Rounds = round };
            await write(page.ToString());
        }
    }

    private async Task RunAsync(PostgresCluster cluster, Entry entry, int round, CancellationToken cancellationToken)
    {
        var name = entry.Contestant.Name;
        var server = await entry.Contestant.OpenAsync(cluster, Inventory.Usual, cancellationToken);
        try
        {
            await server.SettleAsync(cancellationToken);
            if (entry.Works.Contains(Work.Start))
            {
                await QuietlyAsync(Work.Start, name, round, async () =>
                {
                    var (report, last) = await StartLoad.RestartAsync(server, plan.Starts, cancellationToken);
                    server = last;
                    return report;
                });
            }

            foreach (var workload in workloads.Where(workload => entry.Works.Contains(workload.Work)))
            {
                await QuietlyAsync(workload.Work, name, round, async () =>
                {
                    if (workload.NeedsFreshServer)
                    {
                        await server.StopAsync();
                        server = await server.StartAgainAsync(cancellationToken);
                    }
                    await server.SettleAsync(cancellationToken);
                    return await workload.RunAsync(server, cancellationToken);
                });
            }
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>All three steps again, if one of them was disturbed.</summary>
    private async Task RunAsync(PostgresCluster cluster, IQueue queue, int round, CancellationToken cancellationToken)
    {
        for (var left = plan.Tries; left > 0; left--)
        {
            var run = await queue.RunAsync(cluster, plan.Jobs, cancellationToken);
            Note(Work.JobsOne, queue.Name, round, run.One);
            Note(Work.JobsBulk, queue.Name, round, run.Bulk);
            Note(Work.JobsExecute, queue.Name, round, run.Execute);
            if (run.Steps.All(step => step.Counts))
                return;
        }
    }

    private async Task QuietlyAsync(Work work, string contestant, int round, Func<Task<Report>> run)
    {
        for (var left = plan.Tries; left > 0; left--)
        {
            var report = await run();
            Note(work, contestant, round, report);
            if (report.Counts)
                return;
        }
    }

    private void Note(Work work, string contestant, int round, Report report)
    {
        report.Print();
        runs.Add(new Run(work, contestant, round, report));
    }
}
