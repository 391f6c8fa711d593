using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Renexus.Engine.Batching;

/// <summary>
/// Group commit: concurrent small writes of one kind go together into one transaction. Batching is natural: what arrives
/// while a commit runs makes up the next one, so an idle server answers at once and a busy one does less for each item.
/// </summary>
/// <remarks>
/// Items wait in lanes, by their key. A writer takes what waits in the lanes that nobody else holds, and holds those until it has committed: so
/// the items of one key keep their order. One writer does everything until enough waits to be worth a second statement beside the first.
/// The commit function must have the same effect when it is repeated with the same items: after a lost connection
/// nobody knows whether the transaction committed. A batch that fails for a lasting reason is split until the item at
/// fault is alone, so that it fails by itself and its neighbours do not. A batch that fails for a passing reason, and goes on
/// failing, takes along what waits behind it: who hands it in again does so in order.
/// </remarks>
/// <typeparam name="TItem">One write.</typeparam>
/// <typeparam name="TResult">What became of it.</typeparam>
public sealed partial class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private const int LanesPerWriter = 4;

    /// <summary>The part of a full batch that must wait before another writer is worth its statement.</summary>
    private const int WorthAnother = 4;

    private readonly GroupCommitOptions options;
    private readonly Func<TItem, Guid> keyOf;
    private readonly Func<TItem, Guid> identityOf;
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit;
    private readonly Func<TItem, int>? sizeOf;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Lane[] lanes;
    private int nextLane;
    private int waiting;
    private int unheld;
    private int writers;
    private bool isClosed;
    private TaskCompletionSource? ended;

    /// <summary>Takes items in at once.</summary>
    /// <param name="options">Sizes and retries.</param>
    /// <param name="keyOf">Items of one key are committed in the order they came.</param>
    /// <param name="identityOf">Items of one identity never share a batch: the second sees what became of the first.</param>
    /// <param name="commit">Commits a batch and answers a result for each item, in order.</param>
    /// <param name="clock">Paces retries.</param>
    /// <param name="logger">Hears of retries and of items at fault.</param>
    /// <param name="sizeOf">Bytes of an item; without it only their number bounds a batch.</param>
    public GroupCommit(
        GroupCommitOptions options, Func<TItem, Guid> keyOf, Func<TItem, Guid> identityOf,
        Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit, TimeProvider clock, ILogger logger, Func<TItem, int>? sizeOf = null)
    {
        (this.options, this.keyOf, this.identityOf, this.commit) = (options, keyOf, identityOf, commit);
        (this.clock, this.logger, this.sizeOf) = (clock, logger, sizeOf);
        lanes = new Lane[options.Writers == 1 ? 1 : LanesPerWriter * options.Writers];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = new Lane();
    }

    /// <summary>Hands an item in; <paramref name="completed"/> is called once, after the commit, on the writer: it must be quick.</summary>
    /// <exception cref="OverloadedException">Too much waits already; nothing was done.</exception>
    public void Submit(TItem item, Action<TResult?, Exception?> completed)
    {
        var lane = lanes[(uint)keyOf(item).GetHashCode() % (uint)lanes.Length];
        lock (gate)
        {
            if (isClosed || waiting >= options.Capacity)
                throw new OverloadedException();
            lane.Waiting.Enqueue(new Pending(item, completed));
            waiting++;
            if (!lane.IsHeld)
                unheld++;
            if (!IsWriterWanted())
                return;
            writers++;
        }
        _ = Task.Run(WriteAsync);
    }

    /// <summary>Hands an item in and waits for what became of it.</summary>
    public Task<TResult> SubmitAsync(TItem item)
    {
        var source = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Submit(item, (result, failure) =>
        {
            if (failure is null)
                source.SetResult(result!);
            else
                source.SetException(failure);
        });
        return source.Task;
    }

    /// <summary>Takes nothing more in and waits until everything handed in is committed or failed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isClosed = true;
            if (writers == 0)
                return;
            ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        await ended.Task;
    }

    private bool IsWriterWanted() => unheld > 0 && (writers == 0 || (writers < options.Writers && unheld >= options.MaxBatchSize / WorthAnother));

    private async Task WriteAsync()
    {
        var batch = new Batch();
        while (TryBegin(batch))
        {
            if (options.WaitTime > TimeSpan.Zero && batch.Items.Count < options.MaxBatchSize)
            {
                await Task.Delay(options.WaitTime, clock);
                lock (gate)
                    Gather(batch);
            }
            var failure = await CommitAsync(batch.Items);
            foreach (var behind in End(batch, failure))
                Complete(behind, default, failure);
        }
    }

    /// <summary>Begins a batch, and has another writer begin the next where that is worth it. False when nothing waits that could be taken: the writer ends.</summary>
    private bool TryBegin(Batch batch)
    {
        lock (gate)
        {
            Gather(batch);
            if (batch.Items.Count == 0)
            {
                writers--;
                if (writers == 0)
                    ended?.TrySetResult();
                return false;
            }
            if (!IsWriterWanted())
                return true;
            writers++;
        }
        _ = Task.Run(WriteAsync);
        return true;
    }

    /// <summary>Fills the batch from its own lanes and from those that nobody holds, in turn: from each up to an item whose twin is in the batch already, or that is too much for it.</summary>
    private void Gather(Batch batch)
    {
        for (var tried = 0; tried < lanes.Length && batch.Items.Count < options.MaxBatchSize; tried++)
        {
            var lane = lanes[nextLane];
            nextLane = (nextLane + 1) % lanes.Length;
            if (lane.Waiting.Count == 0 || (lane.IsHeld && !batch.Lanes.Contains(lane)))
                continue;

            var before = batch.Items.Count;
            while (batch.Items.Count < options.MaxBatchSize && lane.Waiting.TryPeek(out var next) && TryAdd(batch, next))
                lane.Waiting.Dequeue();
            waiting -= batch.Items.Count - before;
            if (lane.IsHeld || batch.Items.Count == before)
                continue;

            unheld -= batch.Items.Count - before + lane.Waiting.Count;
            lane.IsHeld = true;
            batch.Lanes.Add(lane);
        }
    }

    private bool TryAdd(Batch batch, Pending pending)
    {
        var bytes = batch.Bytes + SizeOf(pending);
        if ((bytes > options.MaxBatchBytes && batch.Items.Count > 0) || !batch.Identities.Add(identityOf(pending.Item)))
            return false;
        batch.Items.Add(pending);
        batch.Bytes = bytes;
        return true;
    }

    /// <summary>
    /// Gives the lanes back. What waits behind a batch that failed for now fails with it: committed, it would have overtaken what came before it.
    /// </summary>
    private List<Pending> End(Batch batch, Exception? failure)
    {
        var failed = new List<Pending>();
        lock (gate)
        {
            foreach (var lane in batch.Lanes)
            {
                if (failure is not null)
                {
                    failed.AddRange(lane.Waiting);
                    lane.Waiting.Clear();
                }
                lane.IsHeld = false;
                unheld += lane.Waiting.Count;
            }
            waiting -= failed.Count;
        }
        batch.Clear();
        return failed;
    }

    private int SizeOf(Pending pending) => sizeOf?.Invoke(pending.Item) ?? 0;

    /// <summary>Null, or the passing failure that did not pass: every item at and behind it has been told.</summary>
    private async Task<Exception?> CommitAsync(List<Pending> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var results = await commit(batch.ConvertAll(pending => pending.Item));
                for (var i = 0; i < batch.Count; i++)
                    Complete(batch[i], results[i], null);
                return null;
            }
            catch (DbException e) when (e.IsTransient && attempt < options.Tries)
            {
                LogRetry(e, batch.Count, attempt);
                if (options.RetryStrategy == RetryStrategy.Exponential)
                    await Task.Delay(options.RetryDelay * (1 << (attempt - 1)), clock);
            }
            catch (DbException e) when (e.IsTransient)
            {
                foreach (var pending in batch)
                    Complete(pending, default, e);
                return e;
            }
            catch (Exception e) when (batch.Count == 1)
            {
                Complete(batch[0], default, e);
                return null;
            }
            catch (Exception e)
            {
                LogSplit(e, batch.Count);
                break;
            }
        }
        var half = batch.Count / 2;
        var (first, second) = (batch.GetRange(0, half), batch.GetRange(half, batch.Count - half));
        if (await CommitAsync(first) is not { } failure)
            return await CommitAsync(second);
        foreach (var pending in second)
            Complete(pending, default, failure);
        return failure;
    }

    private void Complete(Pending pending, TResult? result, Exception? failure)
    {
        try
        {
            pending.Completed(result, failure);
        }
        catch (Exception e)
        {
            // One caller's fault must not stop the writer for everybody.
            LogCallerFailed(e);
        }
    }

    private sealed record Pending(TItem Item, Action<TResult?, Exception?> Completed);

    /// <summary>What waits of some keys, in order.</summary>
    private sealed class Lane
    {
        public Queue<Pending> Waiting { get; } = new();

        public bool IsHeld { get; set; }
    }

    /// <summary>What one writer commits, and the lanes that it holds meanwhile.</summary>
    private sealed class Batch
    {
        public List<Pending> Items { get; } = [];

        public List<Lane> Lanes { get; } = [];

        public HashSet<Guid> Identities { get; } = [];

        public int Bytes { get; set; }

        public void Clear()
        {
            Items.Clear();
            Lanes.Clear();
            Identities.Clear();
            Bytes = 0;
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "A batch of {Count} writes failed at attempt {Attempt} and is tried again")]
    private partial void LogRetry(Exception exception, int count, int attempt);

    [LoggerMessage(1102, LogLevel.Warning, "A batch of {Count} writes failed and is split to find the one at fault")]
    private partial void LogSplit(Exception exception, int count);

    [LoggerMessage(1103, LogLevel.Error, "A caller failed to take the result of its write")]
    private partial void LogCallerFailed(Exception exception);
}
