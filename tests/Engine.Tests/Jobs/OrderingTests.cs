using System.Collections.Concurrent;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-1")]
public sealed class OrderingTests(TestDatabase database) : JobTest(database)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly JobQueue Queue = new("test") { Concurrency = 16, Prefetch = 32 };

    /// <summary>Jobs fail at random and are tried again at once, and two workers take turns.</summary>
    [Fact]
    public async Task JB9_Jobs_of_one_ordering_key_are_done_one_after_the_other_in_the_order_they_came()
    {
        var (keys, each, seed) = IsLong ? (1_000, 100, Environment.TickCount) : (20, 15, 9);
        var kind = new JobKind<Note>("test.ordered", Queue) { Retry = new RetryPolicy { MaxAttempts = 50, First = TimeSpan.FromMilliseconds(1), Longest = TimeSpan.FromMilliseconds(2) } };
        var random = new Random(seed);
        var running = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var done = new ConcurrentDictionary<string, ConcurrentQueue<int>>(StringComparer.Ordinal);
        var together = 0;
        async Task Do(Note note, JobContext job, CancellationToken token)
        {
            if (running.AddOrUpdate(note.Text, 1, (_, count) => count + 1) > 1)
                Interlocked.Increment(ref together);
            await Task.Yield();
            bool fails;
            lock (random)
                fails = random.Next(10) == 0;
            if (fails)
            {
                running[note.Text] = 0;
                throw new InvalidOperationException("At random.");
            }
            await using var work = await Database.BeginAsync(Scope.None, token);
            await job.CompleteAsync(work, token);
            // From the commit on the next one may run.
            done.GetOrAdd(note.Text, _ => new()).Enqueue(note.Number);
            running[note.Text] = 0;
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }
        await WorkAsync([Does(kind, Do)]);
        await WorkAsync([Does(kind, Do)]);

        // Put in by several at once, while the first are being done: a transaction of every third key each.
        foreach (var round in Enumerable.Range(0, each))
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(part => PutAllAsync(
                kind, Enumerable.Range(0, keys).Where(key => key % 3 == part).Select(key => new Note(round, $"key {key}")), note => new JobOptions { OrderingKey = note.Text })));
        }

        await AllEndedAsync(keys * each);
        Assert.Equal(0, together);
        Assert.All(done.Values, numbers => Assert.Equal(Enumerable.Range(0, each), numbers));
        Assert.Equal(keys, done.Count);
        Assert.Equal(0, await CountAsync("select count(*) from jobs.lane"));
        await ConservedAsync(keys * each);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
    }

    [Fact]
    public async Task JB9_Whoever_enqueues_under_a_key_for_long_holds_up_nobody_but_that_key()
    {
        var kind = new JobKind<Note>("test.ordered", Queue);
        await PutAsync(kind, new Note(1), new JobOptions { OrderingKey = "held" });
        await using var slow = await Database.BeginAsync(Scope.None, Cancelled);
        await Client.EnqueueAsync(slow, kind, new Note(2), Cancelled, new JobOptions { OrderingKey = "held" });
        await PutAllAsync(kind, Enumerable.Range(0, 50).Select(i => new Note(i)));

        await WorkAsync([Does(kind, (_, _, _) => Task.CompletedTask)]);

        await Eventually.TrueAsync("all others are done", Soon, async () => await StandingAsync() is { Done: 50, Running: 1 });
        await slow.CommitAsync(TimeProvider.System.GetUtcNow());
        await AllEndedAsync(52);
        await ConservedAsync(52);
    }

    [Fact]
    public async Task JB9_A_dead_or_cancelled_head_lets_the_next_one_come()
    {
        var kind = new JobKind<Note>("test.ordered", Queue);
        var key = new JobOptions { OrderingKey = "line" };
        var (dead, cancelled, last) = (await PutAsync(kind, new Note(1), key), await PutAsync(kind, new Note(2), key), await PutAsync(kind, new Note(3), key));
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            Assert.True(await Client.CancelAsync(work, cancelled.Id, Cancelled));
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }

        await WorkAsync([Does(kind, (note, _, _) => note.Number == 1 ? throw new JobFailedException("Never.") : Task.CompletedTask)]);

        await EndedAsync(last.Id);
        await EndedAsync(dead.Id, "dead");
        await EndedAsync(cancelled.Id, "cancelled");
        await ConservedAsync(3);
    }
}
