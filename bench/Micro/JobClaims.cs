using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Micro;

/// <summary>
/// What does it cost to claim a job and to finish it, on a disk that is waited for? Baseline: a table of jobs as one writes it first, with <c>skip locked</c>, one statement to
/// claim and one to finish, as many callers at once.
/// </summary>
[InvocationCount(1), WarmupCount(1), IterationCount(5)]
[SuppressMessage("Design", "CA1001", Justification = "The runner ends it: GlobalCleanup.")]
public class JobClaims
{
    private const int Jobs = 5_000;
    private const int AtOnce = 50;

    private static readonly JobQueue Queue = new("micro") { Concurrency = AtOnce, Prefetch = 1_000 };
    private static readonly JobKind<Note> Kind = new("micro.noop", Queue);

    private PostgresCluster cluster = null!;
    private TestDatabase postgres = null!;
    private HintBus hints = null!;
    private JobClient client = null!;

    [GlobalSetup]
    public async Task BeginAsync()
    {
        cluster = await PostgresCluster.StartAsync(durable: true);
        postgres = TestDatabase.On(cluster);
        await postgres.InitializeAsync();
        hints = new HintBus(postgres.Database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        client = new JobClient(postgres.Database, hints, TimeProvider.System);
        await ExecuteAsync("create table public.plain_job (id bigint primary key, payload jsonb not null, state text not null)");
    }

    [IterationSetup(Target = nameof(OneByOne))]
    public void PutInPlain() => ExecuteAsync(
        $$"""truncate public.plain_job; insert into public.plain_job select n, '{"number":1}', 'ready' from generate_series(1, {{Jobs}}) n; create index if not exists plain_ready on public.plain_job (id) where state = 'ready'""")
        .GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Jobs)]
    public Task OneByOne() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
    {
        await using var connection = await postgres.Login.OpenConnectionAsync();
        await using var claim = new NpgsqlCommand(
            "update public.plain_job set state = 'running' where id = (select id from public.plain_job where state = 'ready' order by id limit 1 for update skip locked) returning id", connection);
        await using var finish = new NpgsqlCommand("update public.plain_job set state = 'done' where id = $1", connection) { Parameters = { new NpgsqlParameter<long>() } };
        while (await claim.ExecuteScalarAsync() is long id)
        {
            ((NpgsqlParameter<long>)finish.Parameters[0]).TypedValue = id;
            await finish.ExecuteNonQueryAsync();
        }
    }));

    [IterationSetup(Target = nameof(InBatches))]
    public void PutIn() => PutInAsync().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Jobs)]
    public async Task InBatches()
    {
        await using var worker = new NoopWorker<Note>(postgres, hints, client, Kind, Jobs);
        await worker.RunAsync();
    }

    [GlobalCleanup]
    public async Task EndAsync()
    {
        await hints.DisposeAsync();
        await postgres.DisposeAsync();
        await cluster.DisposeAsync();
    }

    private async Task PutInAsync()
    {
        await using var work = await postgres.Database.BeginAsync(Scope.None, CancellationToken.None);
        await client.EnqueueAllAsync(work, Kind, Enumerable.Range(0, Jobs).Select(number => new Note(number)), CancellationToken.None);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = postgres.Login.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal sealed record Note(int Number);
}
