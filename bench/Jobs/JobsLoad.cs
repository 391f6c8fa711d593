using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Jobs;

/// <summary>The engine and its peer, one after the other on one machine: putting in one by one, by the thousand, and doing.</summary>
internal static class JobsLoad
{
    private const int AtOnce = 1_000;
    private const int Clients = 50;
    private static readonly TimeSpan Pinned = TimeSpan.FromSeconds(30);
    private static readonly JobQueue Queue = new("bench") { Concurrency = 50, Prefetch = 1_000 };
    private static readonly JobKind<Note> Kind = new("bench.noop", Queue);

    private sealed record Note(int Number, string Text);

    public static async Task<Report> RunAsync(int count, bool withPeers, CancellationToken cancellationToken)
    {
        var report = new Report($"jobs: {count} no-ops of 90 bytes, every feature on, fsync on");
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        await using var postgres = TestDatabase.On(cluster);
        await postgres.InitializeAsync();
        var watch = new CpuWatch(null, cluster.Postmaster);
        await MeasureOursAsync(report, postgres, count, cancellationToken);
        report.AddForeign(watch.Read());
        if (!withPeers)
            return report;
        foreach (var fsync in (string[])["always", "everysec"])
        {
            var beside = new CpuWatch(null, cluster.Postmaster);
            foreach (var (name, rate) in await BullMq.MeasureAsync(fsync, count, cancellationToken))
                report.Add($"BullMQ, appendfsync {fsync}: {name}", rate, "/s");
            report.Add($"BullMQ, appendfsync {fsync}: CPU of the machine", beside.Read().Foreign, "cores");
        }
        return report;
    }

    private static async Task MeasureOursAsync(Report report, TestDatabase postgres, int count, CancellationToken cancellationToken)
    {
        await using var hints = new HintBus(postgres.Database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        var client = new JobClient(postgres.Database, hints, TimeProvider.System);

        // 1. Putting in: a transaction for each, from fifty callers; then by the thousand.
        var single = Math.Min(count, 50_000);
        report.Add("enqueue, one in a transaction, 50 callers", single / (await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, Clients).Select(async caller =>
        {
            for (var i = caller; i < single; i += Clients)
                await PutAsync(postgres.Database, client, [Payload(i)], cancellationToken);
        })))).TotalSeconds, "/s");
        report.Add("enqueue, 1 000 in a transaction, 4 callers", count / (await TimeAsync(() => PutAllAsync(postgres.Database, client, count, cancellationToken))).TotalSeconds, "/s");

        // 2. Doing what lies there.
        report.Add("execute", (count + single) / (await DrainAsync(postgres, hints, client, count + single, cancellationToken)).TotalSeconds, "/s");

        // 3. The same while a transaction holds vacuum up.
        await PutAllAsync(postgres.Database, client, count, cancellationToken);
        await using var reader = await postgres.Login.OpenConnectionAsync(cancellationToken);
        await using var pin = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using (var look = new NpgsqlCommand("select count(*) from jobs.running", reader, pin))
            await look.ExecuteScalarAsync(cancellationToken);
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        var worst = double.MaxValue;
        while (Stopwatch.GetElapsedTime(started) < Pinned)
        {
            var took = await DrainAsync(postgres, hints, client, count, cancellationToken);
            worst = Math.Min(worst, count / took.TotalSeconds);
            done += count;
            await PutAllAsync(postgres.Database, client, count, cancellationToken);
        }
        report.Add("put in and execute, a transaction held open for 30 s", done / Stopwatch.GetElapsedTime(started).TotalSeconds, "/s");
        report.Add("execute meanwhile, the slowest", worst, "/s");
    }

    private static async Task<TimeSpan> DrainAsync(TestDatabase postgres, HintBus hints, JobClient client, int count, CancellationToken cancellationToken)
    {
        await using var worker = new NoopWorker<Note>(postgres, hints, client, Kind, count);
        return await TimeAsync(() => worker.RunAsync(cancellationToken));
    }

    private static Task PutAllAsync(Database database, JobClient client, int count, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, 4).Select(async caller =>
    {
        for (var first = caller * AtOnce; first < count; first += 4 * AtOnce)
            await PutAsync(database, client, Enumerable.Range(first, Math.Min(AtOnce, count - first)).Select(Payload), cancellationToken);
    }));

    private static async Task PutAsync(Database database, JobClient client, IEnumerable<Note> notes, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await client.EnqueueAllAsync(work, Kind, notes, cancellationToken);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    private static Note Payload(int number) => new(number, "seventy signs, as a job that names a few things by their ids would have");

    private static async Task<TimeSpan> TimeAsync(Func<Task> deed)
    {
        var started = Stopwatch.GetTimestamp();
        await deed();
        return Stopwatch.GetElapsedTime(started);
    }
}
