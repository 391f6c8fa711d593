using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Batching;

namespace Renexus.Engine.Tests.Batching;

[Trait("spec", "CA-6")]
public sealed class BatchLoaderTests
{
    private readonly ConcurrentQueue<int[]> batches = new();
    private Func<IReadOnlyCollection<int>, Task> during = _ => Task.CompletedTask;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BL1_a_lone_read_goes_at_once_and_what_comes_meanwhile_is_the_next_batch()
    {
        var (entered, release) = HoldFirst();
        await using var loader = Start();

        var first = loader.LoadAsync(1, Cancelled);
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(2, 5).Select(n => loader.LoadAsync(n, Cancelled)).ToArray();
        release.SetResult();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal([[1], [2, 3, 4, 5, 6]], batches);
        Assert.Equal("value 6", await rest[^1]);
    }

    [Fact]
    public async Task BL1_as_many_statements_run_side_by_side_as_are_allowed()
    {
        using var entered = new SemaphoreSlim(0);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        during = async _ =>
        {
            entered.Release();
            await release.Task;
        };
        await using var loader = Start(new BatchLoaderOptions { Concurrency = 2 });

        var all = new List<Task> { loader.LoadAsync(1, Cancelled) };
        await entered.WaitAsync(Cancelled);
        all.Add(loader.LoadAsync(2, Cancelled));
        await entered.WaitAsync(Cancelled);
        all.AddRange([loader.LoadAsync(3, Cancelled), loader.LoadAsync(4, Cancelled)]);
        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(3, batches.Count);
        Assert.Contains(batches, batch => batch is [3, 4]);
    }

    [Fact]
    public async Task BL2_a_batch_has_a_greatest_size()
    {
        var (entered, release) = HoldFirst();
        await using var loader = Start(new BatchLoaderOptions { Concurrency = 1, MaxBatchSize = 3 });
        var all = new List<Task> { loader.LoadAsync(0, Cancelled) };
        await entered.WaitAsync(Cancelled);
        all.AddRange(Enumerable.Range(1, 7).Select(n => loader.LoadAsync(n, Cancelled)));

        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal([[0], [1, 2, 3], [4, 5, 6], [7]], batches);
    }

    [Fact]
    public async Task BL2_who_asks_for_the_same_shares_a_place()
    {
        var (entered, release) = HoldFirst();
        await using var loader = Start();
        var first = loader.LoadAsync(0, Cancelled);
        await entered.WaitAsync(Cancelled);

        var same = Enumerable.Range(0, 10).Select(_ => loader.LoadAsync(7, Cancelled)).ToArray();
        release.SetResult();

        await first;
        Assert.All(await Task.WhenAll(same), value => Assert.Equal("value 7", value));
        Assert.Equal([[0], [7]], batches);
    }

    [Fact]
    public async Task BL3_what_is_not_found_is_nothing()
    {
        await using var loader = Start();

        Assert.Null(await loader.LoadAsync(-1, Cancelled));
    }

    [Fact]
    public async Task BL4_a_read_is_answered_by_a_statement_that_began_after_it_was_handed_in()
    {
        var written = 0;
        var (entered, release) = HoldFirst();
        var hold = during;
        await using var loader = new BatchLoader<int, int>(new BatchLoaderOptions { Concurrency = 1 }, async keys =>
        {
            // As a statement sees the database: as it was when it began, however long it takes.
            var seen = Volatile.Read(ref written);
            await hold(keys);
            return keys.ToDictionary(key => key, _ => seen);
        }, NullLogger.Instance);

        var before = loader.LoadAsync(1, Cancelled);
        await entered.WaitAsync(Cancelled);
        Volatile.Write(ref written, 1);
        var after = loader.LoadAsync(1, Cancelled);
        release.SetResult();

        Assert.Equal(0, await before);
        Assert.Equal(1, await after);
    }

    [Fact]
    public async Task BL4_nobody_among_many_writers_and_readers_reads_older_than_what_was_committed_before()
    {
        var written = 0;
        await using var loader = new BatchLoader<int, int>(new BatchLoaderOptions { MaxBatchSize = 5 }, async keys =>
        {
            var seen = Volatile.Read(ref written);
            await Task.Yield();
            return keys.ToDictionary(key => key, _ => seen);
        }, NullLogger.Instance);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var mine = Interlocked.Increment(ref written);
                Assert.True(await loader.LoadAsync((n + i) % 20, Cancelled) >= mine);
            }
        }, Cancelled)));
    }

    [Fact]
    public async Task BL5_who_leaves_takes_nobody_along()
    {
        var (entered, release) = HoldFirst();
        await using var loader = Start();
        using var leaving = new CancellationTokenSource();
        var first = loader.LoadAsync(1, leaving.Token);
        await entered.WaitAsync(Cancelled);
        var gone = loader.LoadAsync(2, leaving.Token);
        var stays = loader.LoadAsync(2, Cancelled);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        release.SetResult();

        Assert.Equal("value 2", await stays);
    }

    [Fact]
    public async Task BL6_a_key_at_fault_fails_alone()
    {
        var (entered, release) = HoldFirst();
        var hold = during;
        during = async keys =>
        {
            await hold(keys);
            if (keys.Any(key => key % 10 == 3))
                throw new InvalidOperationException("poison");
        };
        await using var loader = Start();
        var first = loader.LoadAsync(0, Cancelled);
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 40).Select(n => (Number: n, Task: loader.LoadAsync(n, Cancelled))).ToArray();
        release.SetResult();

        await first;
        foreach (var (number, task) in rest)
        {
            if (number % 10 == 3)
                await Assert.ThrowsAsync<InvalidOperationException>(() => task);
            else
                Assert.Equal($"value {number}", await task);
        }
    }

    [Fact]
    public async Task BL7_a_passing_failure_is_tried_again_and_nobody_notices()
    {
        var failures = 1;
        during = _ => failures-- > 0 ? throw new PassingFailure() : Task.CompletedTask;
        await using var loader = Start();

        Assert.Equal("value 1", await loader.LoadAsync(1, Cancelled));
    }

    [Fact]
    public async Task BL7_a_failure_that_does_not_pass_is_told_to_all_of_the_batch_and_not_to_the_next()
    {
        var tries = 0;
        var (entered, release) = HoldFirst();
        var hold = during;
        during = async keys =>
        {
            await hold(keys);
            if (!keys.Contains(1))
                return;
            tries++;
            throw new PassingFailure();
        };
        await using var loader = Start(new BatchLoaderOptions { Concurrency = 1, MaxBatchSize = 2 });
        var first = loader.LoadAsync(0, Cancelled);
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 4).Select(n => loader.LoadAsync(n, Cancelled)).ToArray();
        release.SetResult();

        await first;
        await Assert.ThrowsAsync<PassingFailure>(() => rest[0]);
        await Assert.ThrowsAsync<PassingFailure>(() => rest[1]);
        Assert.Equal("value 3", await rest[2]);
        Assert.Equal("value 4", await rest[3]);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task BL9_disposing_answers_what_was_handed_in_and_takes_nothing_more()
    {
        var (entered, release) = HoldFirst();
        var loader = Start();
        var first = loader.LoadAsync(0, Cancelled);
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 10).Select(n => loader.LoadAsync(n, Cancelled)).ToArray();

        var disposing = loader.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loader.LoadAsync(99, Cancelled));
        Assert.False(disposing.IsCompleted);
        release.SetResult();
        await disposing.WaitAsync(Cancelled);

        await Task.WhenAll([first, .. rest]);
        await loader.DisposeAsync();
    }

    [Fact]
    public async Task BL9_beyond_its_capacity_it_refuses_at_once_and_answers_what_it_took()
    {
        var (entered, release) = HoldFirst();
        await using var loader = Start(new BatchLoaderOptions { Concurrency = 1, Capacity = 3 });
        var first = loader.LoadAsync(0, Cancelled);
        await entered.WaitAsync(Cancelled);
        var taken = Enumerable.Range(1, 3).Select(n => loader.LoadAsync(n, Cancelled)).ToArray();

        await Assert.ThrowsAsync<OverloadedException>(() => loader.LoadAsync(4, Cancelled));
        // Whoever asks for what is asked for already takes no place.
        var same = loader.LoadAsync(3, Cancelled);
        release.SetResult();

        await Task.WhenAll([first, .. taken, same]);
        Assert.Equal("value 5", await loader.LoadAsync(5, Cancelled));
    }

    private BatchLoader<int, string> Start(BatchLoaderOptions? options = null) =>
        new(options ?? new BatchLoaderOptions { Concurrency = 1 }, LoadAsync, NullLogger.Instance);

    private async Task<IReadOnlyDictionary<int, string>> LoadAsync(IReadOnlyCollection<int> keys)
    {
        await during(keys);
        batches.Enqueue([.. keys]);
        return keys.Where(key => key >= 0).ToDictionary(key => key, key => $"value {key}");
    }

    /// <summary>The first statement waits until it is released; meanwhile the rest comes together.</summary>
    private (Task Entered, TaskCompletionSource Release) HoldFirst()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        during = async _ =>
        {
            entered.TrySetResult();
            await release.Task;
        };
        return (entered.Task, release);
    }

    private sealed class PassingFailure() : DbException("The connection was lost.")
    {
        public override bool IsTransient => true;
    }
}
