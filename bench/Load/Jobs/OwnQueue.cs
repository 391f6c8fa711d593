using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Jobs;

/// <summary>The engine's, in this process: an end is counted when it is committed and the worker has stopped.</summary>
internal sealed class OwnQueue : IQueue
{
    private static readonly JobQueue Queue = new("bench") { Concurrency = QueueRun.Callers, Prefetch = 1_000 };
    private static readonly JobKind<Note> Kind = new("bench.noop", Queue);

    private sealed record Note(int Number, string Text);

    public string Name => "Renexus";

    public string About =>
        "the engine on PostgreSQL that waits for the disk (fsync and synchronous_commit on), 50 at once, up to 1 000 claimed ahead: priorities, fencing, counters, a kept row for each job that ended; put in \"one by one\" means a transaction for each";

    public async Task<QueueRun> RunAsync(PostgresCluster cluster, int count, CancellationToken cancellationToken)
    {
        await using var bench = await Bench.OpenAsync(cluster);
        var single = QueueRun.SingleOf(count);
        return new QueueRun(
            await MeasureAsync("put in one by one", single, () => bench.PutSinglyAsync(single, cancellationToken)),
            await MeasureAsync("put in by the thousand", count, () => bench.PutAllAsync(count, cancellationToken)),
            await MeasureAsync("execute", count + single, () => bench.DrainAsync(count + single, cancellationToken)));

        async Task<Report> MeasureAsync(string step, int jobs, Func<Task> deed)
        {
            var watch = new CpuWatch(null, cluster.Postmaster);
            await deed();
            // The engine is this process: what would be the generator's is its.
            var cpu = watch.Read();
            return QueueRun.Describe(Name, step, jobs, cpu with { Server = cpu.Generator, Generator = TimeSpan.Zero });
        }
    }

    /// <summary>What becomes of it while a transaction holds vacuum up.</summary>
    public static async Task<Report> RunPinnedAsync(PostgresCluster cluster, int count, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var bench = await Bench.OpenAsync(cluster);
        await bench.PutAllAsync(count, cancellationToken);
        await using var pin = await bench.PinAsync(cancellationToken);
        var watch = new CpuWatch(null, cluster.Postmaster);
        var started = Stopwatch.GetTimestamp();
        var (done, worst) = (0L, double.MaxValue);
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var draining = Stopwatch.GetTimestamp();
            await bench.DrainAsync(count, cancellationToken);
            worst = Math.Min(worst, count / Stopwatch.GetElapsedTime(draining).TotalSeconds);
            done += count;
            await bench.PutAllAsync(count, cancellationToken);
        }

        var report = new Report($"Jobs, a transaction held open for {time.TotalSeconds:N0} s");
        report.AddMain("put in and executed", done / Stopwatch.GetElapsedTime(started).TotalSeconds, "/s");
        report.Add("executed meanwhile, the slowest", worst, "/s");
        report.AddForeign(watch.Read());
        return report;
    }

    /// <summary>A database of its own with the means to put jobs in and to take them out.</summary>
    private sealed class Bench(TestDatabase postgres, HintBus hints) : IAsyncDisposable
    {
        private readonly JobClient client = new(postgres.Database, hints, TimeProvider.System);

        public static async Task<Bench> OpenAsync(PostgresCluster cluster)
        {
            var postgres = TestDatabase.On(cluster);
            await postgres.InitializeAsync();
            return new Bench(postgres, new HintBus(postgres.Database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance));
        }

        public Task PutSinglyAsync(int count, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, QueueRun.Callers).Select(async caller =>
        {
            for (var i = caller; i < count; i += QueueRun.Callers)
                await PutAsync([i], cancellationToken);
        }));

        public Task PutAllAsync(int count, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, QueueRun.BulkCallers).Select(async caller =>
        {
            for (var first = caller * QueueRun.AtOnce; first < count; first += QueueRun.BulkCallers * QueueRun.AtOnce)
                await PutAsync(Enumerable.Range(first, Math.Min(QueueRun.AtOnce, count - first)), cancellationToken);
        }));

        public async Task DrainAsync(int count, CancellationToken cancellationToken)
        {
            await using var worker = new NoopWorker<Note>(postgres, hints, client, Kind, count);
            await worker.RunAsync(cancellationToken);
        }

        /// <summary>A transaction that sees everything as it is now, until it is disposed of.</summary>
        public async Task<IAsyncDisposable> PinAsync(CancellationToken cancellationToken)
        {
            var reader = await postgres.Login.OpenConnectionAsync(cancellationToken);
            var pin = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            await using var look = new NpgsqlCommand("select count(*) from jobs.running", reader, pin);
            await look.ExecuteScalarAsync(cancellationToken);
            return reader;
        }

        public async ValueTask DisposeAsync()
        {
            await hints.DisposeAsync();
            await postgres.DisposeAsync();
        }

        private async Task PutAsync(IEnumerable<int> numbers, CancellationToken cancellationToken)
        {
            await using var work = await postgres.Database.BeginAsync(Scope.None, cancellationToken);
            await client.EnqueueAllAsync(
                work, Kind, numbers.Select(static number => new Note(number, "seventy signs, as a job that names a few things by their ids would have")), cancellationToken);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }
    }
}
