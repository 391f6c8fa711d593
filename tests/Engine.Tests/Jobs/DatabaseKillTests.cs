using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>Fault test 2: the database is killed while jobs are put in and done. It waits for the disk here, as in production.</summary>
[Trait("spec", "JB-4")]
public sealed class DatabaseKillTests
{
    private const int Many = 4;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly JobKind<Part> Kind = new("test.kill", new JobQueue("kill") { Concurrency = 8, Prefetch = 64 })
    {
        Retry = new RetryPolicy { MaxAttempts = 100, First = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(100) },
    };

    private readonly ConcurrentDictionary<Guid, int> acknowledged = new();
    private readonly ConcurrentDictionary<Guid, int> unanswered = new();

    /// <param name="Number">Its place in the batch that was put in together.</param>
    public sealed record Part(Guid Batch, int Number);

    private sealed record Doing(Guid Batch, int Number);

    [Fact]
    public async Task JB2_A_database_that_is_killed_has_every_job_whose_commit_was_answered_and_no_half_of_a_batch()
    {
        var (kills, seed) = IsLong ? (20, Environment.TickCount) : (1, 2);
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        await using var postgres = TestDatabase.On(cluster);
        await postgres.InitializeAsync();

        // 1. Four who put in, four who work, each on connections of its own.
        using var enough = new CancellationTokenSource();
        var done = new ConcurrentDictionary<Doing, int>();
        var nodes = Enumerable.Range(0, Many * 2).Select(postgres.AnotherNode).ToArray();
        var hints = nodes.Select(node => new HintBus(node, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance)).ToArray();
        var clients = nodes.Zip(hints, (node, bus) => new JobClient(node, bus, TimeProvider.System)).ToArray();
        var workers = new List<JobWorker>();
        for (var i = 0; i < Many; i++)
        {
            hints[i].Start();
            var worker = new JobWorker(
                nodes[i], hints[i], clients[i],
                [JobDefinition.Of(Kind, (part, _, _) =>
                {
                    done.AddOrUpdate(new Doing(part.Batch, part.Number), 1, (_, count) => count + 1);
                    return Task.CompletedTask;
                })],
                static (_, _) => { }, new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = $"{i}" }, TimeProvider.System, NullLogger<JobWorker>.Instance);
            await worker.StartAsync(TestContext.Current.CancellationToken);
            workers.Add(worker);
        }
        var putting = Enumerable.Range(Many, Many).Select(i => PutAsync(nodes[i], clients[i], new Random(seed + i), enough.Token)).ToArray();

        // 2. Kills, each after some batches more.
        for (var kill = 0; kill < kills; kill++)
        {
            var wanted = acknowledged.Count + random.Next(20, 200);
            await Eventually.TrueAsync("more is put in", Patience, () => acknowledged.Count >= wanted);
            cluster.Kill();
        }
        var last = acknowledged.Count + 20;
        await Eventually.TrueAsync("it goes on afterwards", Patience, () => acknowledged.Count >= last);
        await enough.CancelAsync();
        await Task.WhenAll(putting);

        // 3. All that is there is done.
        await Eventually.TrueAsync("all jobs have ended", Patience, async () =>
        {
            try
            {
                return await CountAsync(postgres, "select (select count(*) from jobs.ready) + (select count(*) from jobs.later) + (select count(*) from jobs.running)") == 0;
            }
            catch (NpgsqlException)
            {
                // Those of its connections that were open when it was killed are found out one by one.
                return false;
            }
        });
        foreach (var worker in workers)
            await worker.DisposeAsync();

        // 4. What was answered is there whole; of the rest, a batch is there whole or not at all.
        var batches = new Dictionary<Guid, int>();
        await using (var command = postgres.Login.CreateCommand("select (payload::json ->> 'batch')::uuid, count(*)::integer from jobs.done where outcome = 0 group by 1"))
        await using (var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await rows.ReadAsync(TestContext.Current.CancellationToken))
                batches.Add(rows.GetGuid(0), rows.GetInt32(1));
        }
        Assert.All(acknowledged, batch => Assert.Equal(batch.Value, batches.GetValueOrDefault(batch.Key)));
        Assert.All(unanswered, batch => Assert.Contains(batches.GetValueOrDefault(batch.Key), (int[])[0, batch.Value]));
        Assert.Equal(batches.Keys.Except(acknowledged.Keys).Order(), unanswered.Keys.Where(batches.ContainsKey).Order());
        Assert.Equal(batches.Values.Sum(), done.Count);
        Assert.Equal(batches.Values.Sum(), await CountAsync(postgres, "select count(*) from jobs.done"));
        Assert.Equal(0, await CountAsync(postgres, "select count(*) from jobs.dead"));

        foreach (var bus in hints)
            await bus.DisposeAsync();
        foreach (var node in nodes)
            node.Dispose();
    }

    private async Task PutAsync(Database database, JobClient client, Random random, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var (batch, count) = (Guid.CreateVersion7(), random.Next(1, 20));
            try
            {
                await using var work = await database.BeginAsync(Scope.None, CancellationToken.None);
                await client.EnqueueAllAsync(work, Kind, Enumerable.Range(0, count).Select(number => new Part(batch, number)), CancellationToken.None);
                unanswered[batch] = count;
                await work.CommitAsync(TimeProvider.System.GetUtcNow());
                acknowledged[batch] = count;
                unanswered.TryRemove(batch, out _);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100)), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static async Task<long> CountAsync(TestDatabase postgres, string sql)
    {
        await using var command = postgres.Login.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
