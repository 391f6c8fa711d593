using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Scale;

/// <summary>The job engine, in this process, with a number of jobs that wait.</summary>
internal static class JobBacklog
{
    public const int Executed = 20_000;

    private const int AtOnce = 1_000;

    private static readonly JobQueue Queue = new("scale") { Concurrency = 50, Prefetch = 1_000 };
    private static readonly JobKind<Note> Kind = new("scale.noop", Queue);

    public static async Task<Report> RunAsync(PostgresCluster cluster, int waiting, CancellationToken cancellationToken)
    {
        await using var postgres = TestDatabase.On(cluster);
        await postgres.InitializeAsync();
        await using var hints = new HintBus(postgres.Database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        var client = new JobClient(postgres.Database, hints, TimeProvider.System);
        for (var first = 0; first < waiting; first += AtOnce)
            await PutAsync(postgres.Database, client, first, Math.Min(AtOnce, waiting - first), cancellationToken);
        await using (var tidy = postgres.Login.CreateCommand("vacuum analyze"))
            await tidy.ExecuteNonQueryAsync(cancellationToken);

        await using var worker = new NoopWorker<Note>(postgres, hints, client, Kind, Math.Min(Executed, waiting));
        var cpu = new CpuWatch(null, cluster.Postmaster);
        await worker.RunAsync(cancellationToken);
        var use = cpu.Read();
        // The engine is this process: what counts as the generator's is the server's.
        use = use with { Server = use.Generator, Generator = TimeSpan.Zero };

        var report = new Report($"Jobs: {waiting:N0} waiting");
        report.AddMain("executed", worker.Ended / use.Elapsed.TotalSeconds, "/s");
        report.Add(use, worker.Ended, "job");
        return report;
    }

    private static async Task PutAsync(Database database, JobClient client, int first, int count, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await client.EnqueueAllAsync(work, Kind, Enumerable.Range(first, count).Select(number => new Note(number)), cancellationToken);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    private sealed record Note(int Number);
}
