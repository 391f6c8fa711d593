using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Batching;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Batching;

[Trait("spec", "TH-2")]
public sealed class GroupCommitTests
{
    private readonly FakeTime time = new();
    private readonly ConcurrentQueue<int[]> batches = new();
    private Func<IReadOnlyList<Item>, Task> during = _ => Task.CompletedTask;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GC1_an_idle_writer_commits_at_once_and_what_comes_meanwhile_is_the_next_batch()
    {
        var (entered, release) = HoldFirst();
        await using var writes = Start(new GroupCommitOptions { Writers = 1 });

        var first = writes.SubmitAsync(new Item(1));
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(2, 5).Select(n => writes.SubmitAsync(new Item(n))).ToArray();
        release.SetResult();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal([[1], [2, 3, 4, 5, 6]], batches);
    }

    [Fact]
    public async Task GC1_a_second_writer_begins_when_a_quarter_of_a_batch_waits_and_not_before()
    {
        var begun = new ConcurrentQueue<int[]>();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (entered, release) = HoldFirst();
        var hold = during;
        during = items =>
        {
            begun.Enqueue([.. items.Select(item => item.Number)]);
            if (begun.Count == 2)
                second.SetResult();
            return hold(items);
        };
        await using var writes = Start(new GroupCommitOptions { Writers = 2, MaxBatchSize = 8 });
        var first = Guid.CreateVersion7();
        var all = new List<Task> { writes.SubmitAsync(new Item(1) { Key = first }) };
        await entered.WaitAsync(Cancelled);

        // Both with one key: which lane a key has is nobody's business, but not the first one's.
        var beside = KeyBeside(first);
        all.AddRange(Enumerable.Range(2, 2).Select(n => writes.SubmitAsync(new Item(n) { Key = beside })));
        await second.Task.WaitAsync(Cancelled);
        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal([[1], [2, 3]], begun);
    }

    [Fact]
    public async Task GC2_a_batch_has_a_greatest_size()
    {
        var (entered, release) = HoldFirst();
        await using var writes = Start(new GroupCommitOptions { Writers = 1, MaxBatchSize = 3 });
        var all = new List<Task> { writes.SubmitAsync(new Item(0)) };
        await entered.WaitAsync(Cancelled);
        all.AddRange(Enumerable.Range(1, 7).Select(n => writes.SubmitAsync(new Item(n))));

        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal([[0], [1, 2, 3], [4, 5, 6], [7]], batches);
    }

    [Fact]
    public async Task GC2_a_batch_has_a_greatest_size_in_bytes_and_a_larger_item_goes_alone()
    {
        var (entered, release) = HoldFirst();
        await using var writes = Start(new GroupCommitOptions { Writers = 1, MaxBatchBytes = 10 }, item => item.Number);
        var all = new List<Task> { writes.SubmitAsync(new Item(0)) };
        await entered.WaitAsync(Cancelled);
        int[] sizes = [4, 6, 1, 99, 5, 3];
        all.AddRange(sizes.Select(n => writes.SubmitAsync(new Item(n))));

        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal([[0], [4, 6], [1], [99], [5, 3]], batches);
    }

    [Fact]
    public async Task GC2_with_a_wait_time_an_incomplete_batch_waits_for_more()
    {
        await using var writes = Start(new GroupCommitOptions { Writers = 1, WaitTime = TimeSpan.FromMilliseconds(2) });

        var first = writes.SubmitAsync(new Item(1));
        await time.WaitsForAsync(TimeSpan.FromMilliseconds(2)).WaitAsync(Cancelled);
        var second = writes.SubmitAsync(new Item(2));
        time.Advance(TimeSpan.FromMilliseconds(2));
        await Task.WhenAll(first, second);

        Assert.Equal([[1, 2]], batches);
    }

    [Fact]
    public async Task GC3_each_caller_gets_its_own_result_after_the_commit()
    {
        var isCommitted = false;
        during = async _ =>
        {
            await Task.Yield();
            isCommitted = true;
        };
        await using var writes = Start(new GroupCommitOptions());

        var results = await Task.WhenAll(Enumerable.Range(0, 300).Select(async n =>
        {
            var result = await writes.SubmitAsync(new Item(n));
            Assert.True(isCommitted);
            return result;
        }));

        Assert.Equal(Enumerable.Range(0, 300).Select(n => $"done {n}"), results);
    }

    [Fact]
    public async Task GC4_items_of_one_key_are_committed_in_the_order_they_came()
    {
        during = async _ => await Task.Yield();
        await using var writes = Start(new GroupCommitOptions { Writers = 3, MaxBatchSize = 7 });
        var keys = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => writes.SubmitAsync(new Item(n) { Key = keys[n % 5] })));

        var committed = batches.SelectMany(batch => batch).ToArray();
        Assert.Equal(1_000, committed.Length);
        Assert.All(Enumerable.Range(0, 5), key => Assert.Equal(committed.Where(n => n % 5 == key).Order(), committed.Where(n => n % 5 == key)));
    }

    [Fact]
    public async Task GC5_twins_never_share_a_batch_and_keep_their_order()
    {
        var (entered, release) = HoldFirst();
        await using var writes = Start(new GroupCommitOptions { Writers = 1 });
        var twin = Guid.CreateVersion7();
        var all = new List<Task> { writes.SubmitAsync(new Item(0)) };
        await entered.WaitAsync(Cancelled);

        all.AddRange(new[] { new Item(1) { Identity = twin }, new Item(2), new Item(3) { Identity = twin }, new Item(4), new Item(5) { Identity = twin } }
            .Select(writes.SubmitAsync));
        release.SetResult();
        await Task.WhenAll(all);

        Assert.Equal([[0], [1, 2], [3, 4], [5]], batches);
    }

    [Fact]
    public async Task GC6_an_item_at_fault_fails_alone()
    {
        var (entered, release) = HoldFirst();
        var hold = during;
        during = async items =>
        {
            await hold(items);
            if (items.Any(item => item.Number % 10 == 3))
                throw new InvalidOperationException("poison");
        };
        await using var writes = Start(new GroupCommitOptions { Writers = 1 });
        var first = writes.SubmitAsync(new Item(0));
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 40).Select(n => (Number: n, Task: writes.SubmitAsync(new Item(n)))).ToArray();
        release.SetResult();

        await first;
        foreach (var (number, task) in rest)
        {
            if (number % 10 == 3)
                await Assert.ThrowsAsync<InvalidOperationException>(() => task);
            else
                Assert.Equal($"done {number}", await task);
        }
        // In order, each once.
        Assert.Equal(Enumerable.Range(0, 41).Where(n => n % 10 != 3), batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task GC7_a_passing_failure_is_tried_again_with_growing_pauses_and_nobody_notices()
    {
        var failures = 3;
        during = _ => failures-- > 0 ? throw new PassingFailure() : Task.CompletedTask;
        await using var writes = Start(new GroupCommitOptions { Writers = 1 });

        var result = writes.SubmitAsync(new Item(1));
        foreach (var pause in (int[])[100, 200, 400])
        {
            await time.WaitsForAsync(TimeSpan.FromMilliseconds(pause)).WaitAsync(Cancelled);
            Assert.False(result.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(pause));
        }

        Assert.Equal("done 1", await result.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task GC7_a_failure_that_does_not_pass_is_told_to_everybody_in_the_batch_after_the_last_try()
    {
        var (entered, release) = HoldFirst();
        var hold = during;
        var tries = 0;
        during = async items =>
        {
            await hold(items);
            if (items[0].Number == 0)
                return;
            tries++;
            throw new PassingFailure();
        };
        await using var writes = Start(new GroupCommitOptions { Writers = 1, RetryStrategy = RetryStrategy.Immediate });
        var first = writes.SubmitAsync(new Item(0));
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 3).Select(n => writes.SubmitAsync(new Item(n))).ToArray();
        release.SetResult();
        await first;

        foreach (var task in rest)
            await Assert.ThrowsAsync<PassingFailure>(() => task);
        // All in one batch: nothing is split to look for a culprit that does not exist.
        Assert.Equal(4, tries);
        Assert.Equal([[0]], batches);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(4, 6)]
    [InlineData(4, 2)]
    public async Task GC7_what_waits_behind_a_failure_that_does_not_pass_fails_too_so_that_it_cannot_overtake(int batchSize, int numberAtFault)
    {
        var (entered, release) = HoldFirst();
        var hold = during;
        var isAway = true;
        during = async items =>
        {
            await hold(items);
            if (items.Any(item => item.Number == 1) && isAway)
                throw new PassingFailure();
            // At fault for good: its batch is split, and the halves fail one after the other.
            if (items.Any(item => item.Number == numberAtFault))
                throw new InvalidOperationException("At fault.");
        };
        await using var writes = Start(new GroupCommitOptions { Writers = 1, RetryStrategy = RetryStrategy.Immediate, MaxBatchSize = batchSize });
        var twin = Guid.CreateVersion7();
        var first = writes.SubmitAsync(new Item(0));
        await entered.WaitAsync(Cancelled);
        // The last is the first one's twin, so that it is held back for a batch of its own.
        var rest = Enumerable.Range(1, 5).Select(n => writes.SubmitAsync(new Item(n) { Identity = n is 1 or 5 ? twin : Guid.CreateVersion7() })).ToArray();
        release.SetResult();
        await first;

        foreach (var task in rest)
            await Assert.ThrowsAsync<PassingFailure>(() => task.WaitAsync(Cancelled));
        Assert.Equal([[0]], batches);

        isAway = false;
        Assert.Equal("done 1", await writes.SubmitAsync(new Item(1)).WaitAsync(Cancelled));
    }

    [Fact]
    public async Task GC8_disposing_commits_what_was_handed_in_and_takes_nothing_more()
    {
        var (entered, release) = HoldFirst();
        var writes = Start(new GroupCommitOptions { Writers = 1 });
        var first = writes.SubmitAsync(new Item(0));
        await entered.WaitAsync(Cancelled);
        var rest = Enumerable.Range(1, 10).Select(n => writes.SubmitAsync(new Item(n))).ToArray();

        var disposing = writes.DisposeAsync().AsTask();
        Assert.Throws<OverloadedException>(() => writes.Submit(new Item(99), (_, _) => { }));
        Assert.False(disposing.IsCompleted);
        release.SetResult();
        await disposing.WaitAsync(Cancelled);

        Assert.True(first.IsCompletedSuccessfully);
        Assert.All(rest, task => Assert.True(task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task GC8_beyond_its_capacity_it_refuses_at_once_and_what_it_took_is_committed()
    {
        var (entered, release) = HoldFirst();
        await using var writes = Start(new GroupCommitOptions { Writers = 1, Capacity = 3 });
        var first = writes.SubmitAsync(new Item(0));
        await entered.WaitAsync(Cancelled);
        var taken = Enumerable.Range(1, 3).Select(n => writes.SubmitAsync(new Item(n))).ToArray();

        Assert.Throws<OverloadedException>(() => writes.Submit(new Item(4), (_, _) => { }));
        release.SetResult();
        await Task.WhenAll([first, .. taken]);

        Assert.Equal([0, 1, 2, 3], batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task GC3_a_caller_that_fails_to_take_its_result_hurts_nobody()
    {
        await using var writes = Start(new GroupCommitOptions { Writers = 1 });

        writes.Submit(new Item(1), (_, _) => throw new InvalidOperationException("The caller's own fault."));

        Assert.Equal("done 2", await writes.SubmitAsync(new Item(2)).WaitAsync(Cancelled));
    }

    [Fact]
    public async Task GC7_what_failed_for_now_takes_along_what_waits_behind_it_and_nothing_of_other_keys()
    {
        var (entered, release) = HoldFirst();
        var hold = during;
        during = async items =>
        {
            if (items.Any(item => item.Number == 1))
            {
                await hold(items);
                throw new PassingFailure();
            }
        };
        await using var writes = Start(new GroupCommitOptions { Writers = 2, MaxBatchSize = 4, Tries = 1 });
        var key = Guid.CreateVersion7();
        var failing = writes.SubmitAsync(new Item(1) { Key = key });
        await entered.WaitAsync(Cancelled);

        var behind = writes.SubmitAsync(new Item(2) { Key = key });
        var beside = writes.SubmitAsync(new Item(3) { Key = KeyBeside(key) });
        Assert.Equal("done 3", await beside.WaitAsync(Cancelled));
        release.SetResult();

        await Assert.ThrowsAsync<PassingFailure>(() => failing.WaitAsync(Cancelled));
        await Assert.ThrowsAsync<PassingFailure>(() => behind.WaitAsync(Cancelled));
        Assert.Equal("done 4", await writes.SubmitAsync(new Item(4) { Key = key }).WaitAsync(Cancelled));
    }

    /// <summary>A key that waits in another lane, so that another writer may take it: another one of whatever number of lanes there is.</summary>
    private static Guid KeyBeside(Guid other) =>
        Enumerable.Range(0, 10_000).Select(_ => Guid.CreateVersion7())
            .First(key => Enumerable.Range(2, 63).All(lanes => (uint)key.GetHashCode() % lanes != (uint)other.GetHashCode() % lanes));

    private GroupCommit<Item, string> Start(GroupCommitOptions options, Func<Item, int>? sizeOf = null) =>
        new(options, item => item.Key, item => item.Identity, CommitAsync, time, NullLogger.Instance, sizeOf);

    private async Task<IReadOnlyList<string>> CommitAsync(IReadOnlyList<Item> items)
    {
        await during(items);
        batches.Enqueue([.. items.Select(item => item.Number)]);
        return [.. items.Select(item => $"done {item.Number}")];
    }

    /// <summary>The first commit waits until it is released; meanwhile the rest comes together.</summary>
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

    private sealed record Item(int Number)
    {
        public Guid Key { get; init; } = Guid.CreateVersion7();

        public Guid Identity { get; init; } = Guid.CreateVersion7();
    }

    private sealed class PassingFailure() : DbException("The connection was lost.")
    {
        public override bool IsTransient => true;
    }
}
