using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>Tests against the jobs of a database of their own, whose rules are docs/spec/jobs.md.</summary>
public abstract class JobTest(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly List<JobWorker> workers = [];
    private readonly List<HintBus> buses = [];
    private readonly List<Database> nodes = [];

    protected TestDatabase Postgres { get; } = database;

    protected Database Database => Postgres.Database;

    protected TimeProvider Clock { get; set; } = TimeProvider.System;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Puts jobs in; its own node has no worker, so whoever works hears of them by a hint or by looking.</summary>
    protected JobClient Client { get; private set; } = null!;

    protected ConcurrentQueue<JobNews> News { get; } = new();

    public virtual async ValueTask InitializeAsync()
    {
        Client = NewClient(out _);
        await SqlAsync("truncate jobs.ready, jobs.later, jobs.behind, jobs.parent, jobs.running, jobs.done, jobs.dead, jobs.unique_key, jobs.lane, jobs.worker, jobs.queue, jobs.minute, jobs.schedule");
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
            await worker.DisposeAsync();
        foreach (var bus in buses)
            await bus.DisposeAsync();
        foreach (var node in nodes)
            node.Dispose();
        GC.SuppressFinalize(this);
    }

    protected JobClient NewClient(out HintBus hints)
    {
        var node = Postgres.AnotherNode(nodes.Count);
        nodes.Add(node);
        hints = new HintBus(node, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        buses.Add(hints);
        hints.Start();
        return new JobClient(node, hints, Clock);
    }

    /// <summary>A worker of its own node.</summary>
    protected async Task<JobWorker> WorkAsync(JobDefinition[] definitions, Func<JobWorkerOptions, JobWorkerOptions>? adjust = null, JobClient? client = null, HintBus? hints = null)
    {
        if (client is null)
            client = NewClient(out hints);
        var options = new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = "test", Grace = TimeSpan.FromSeconds(2), Obey = TimeSpan.FromSeconds(2), Poll = TimeSpan.FromMilliseconds(100) };
        var worker = new JobWorker(
            nodes[^1], hints!, client, definitions, (_, news) => News.Enqueue(news), adjust?.Invoke(options) ?? options, Clock, NullLogger<JobWorker>.Instance);
        workers.Add(worker);
        await worker.StartAsync(Cancelled);
        return worker;
    }

    /// <summary>Puts a job in, in a transaction of its own.</summary>
    protected async Task<EnqueuedJob> PutAsync<T>(JobKind<T> kind, T payload, JobOptions? options = null)
        where T : notnull
    {
        await using var work = await Database.BeginAsync(options?.WorkspaceId is { } workspace ? Scope.In(workspace) : Scope.None, Cancelled);
        var job = await Client.EnqueueAsync(work, kind, payload, Cancelled, options);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        return job;
    }

    protected async Task PutAllAsync<T>(JobKind<T> kind, IEnumerable<T> payloads, Func<T, JobOptions>? optionsOf = null)
        where T : notnull
    {
        await using var work = await Database.BeginAsync(Scope.None, Cancelled);
        await Client.EnqueueAllAsync(work, kind, payloads, Cancelled, optionsOf);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    protected Task EndedAsync(Guid job, string state = "done") =>
        Eventually.TrueAsync($"job {job} is {state}", Soon, async () => (await Client.FindAsync(job, Cancelled))?.State == state);

    /// <summary>In one statement: jobs move meanwhile.</summary>
    protected async Task<Standing> StandingAsync()
    {
        await using var command = Postgres.Login.CreateCommand("""
            select (select count(*) from jobs.ready) + (select count(*) from jobs.later) + (select count(*) from jobs.behind) + (select count(*) from jobs.parent),
                   (select count(*) from jobs.running),
                   (select count(*) from jobs.done where outcome = 0),
                   (select count(*) from jobs.done where outcome = 1),
                   (select count(*) from jobs.dead)
            """);
        await using var row = await command.ExecuteReaderAsync(Cancelled);
        await row.ReadAsync(Cancelled);
        return new Standing(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
    }

    /// <summary>Every job that was put in is somewhere, once (JB2).</summary>
    protected async Task<Standing> ConservedAsync(long enqueued)
    {
        var standing = await StandingAsync();
        Assert.Equal(enqueued, standing.Waiting + standing.Running + standing.Done + standing.Cancelled + standing.Dead);
        Assert.Equal(0, await CountAsync("""
            select count(*) from (
              select id from jobs.ready union all select id from jobs.later union all select id from jobs.behind union all select id from jobs.parent
              union all select id from jobs.running union all select id from jobs.done union all select id from jobs.dead) all_jobs
            group by id having count(*) > 1
            """));
        return standing;
    }

    protected Task AllEndedAsync(long count) =>
        Eventually.TrueAsync($"{count} jobs have ended", TimeSpan.FromSeconds(60), async () => await StandingAsync() is { Waiting: 0, Running: 0 } s && s.Done + s.Cancelled + s.Dead == count);

    protected async Task<long> CountAsync(string sql)
    {
        await using var command = Postgres.Login.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancelled) is long count ? count : 0;
    }

    /// <summary>Runs a statement past every policy.</summary>
    protected async Task SqlAsync(string sql, params object[] parameters)
    {
        await using var command = Postgres.Login.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    protected static JobDefinition Does<T>(JobKind<T> kind, JobHandler<T> handler) => JobDefinition.Of(kind, handler);

    protected sealed record Standing(long Waiting, long Running, long Done, long Cancelled, long Dead);

    /// <summary>The common payload.</summary>
    public sealed record Note(int Number, string Text = "");
}
