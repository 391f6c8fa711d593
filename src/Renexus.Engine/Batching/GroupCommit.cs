using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Renexus.Engine.Batching;

/// <summary>
/// Group commit: concurrent small writes of one kind go together into one transaction. Batching is natural: what arrives
/// while a commit runs makes up the next one, so an idle server answers at once and a busy one does less for each item.
/// </summary>
/// <remarks>
/// The commit function must have the same effect when it is repeated with the same items: after a lost connection
/// nobody knows whether the transaction committed. A batch that fails for a lasting reason is split until the item at
/// fault is alone, so that it fails by itself and its neighbours do not. A batch that fails for a passing reason, and goes on
/// failing, takes along what waits behind it: who hands it in again does so in order.
/// </remarks>
/// <typeparam name="TItem">One write.</typeparam>
/// <typeparam name="TResult">What became of it.</typeparam>
public sealed partial class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly GroupCommitOptions options;
    private readonly Func<TItem, Guid> keyOf;
    private readonly Func<TItem, Guid> identityOf;
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit;
    private readonly Func<TItem, int>? sizeOf;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Channel<Pending>[] queues;
    private readonly Task[] writers;

    /// <summary>Starts the writers.</summary>
    /// <param name="options">Sizes and retries.</param>
    /// <param name="keyOf">What decides the writer: items of one key are committed in the order they came.</param>
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
        queues = new Channel<Pending>[options.Writers];
        writers = new Task[options.Writers];
        for (var i = 0; i < queues.Length; i++)
        {
            var queue = queues[i] = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
            writers[i] = Task.Run(() => WriteAsync(queue.Reader));
        }
    }

    /// <summary>Hands an item in; <paramref name="completed"/> is called once, after the commit, on the writer: it must be quick.</summary>
    /// <exception cref="OverloadedException">Too much waits already; nothing was done.</exception>
    public void Submit(TItem item, Action<TResult?, Exception?> completed)
    {
        var queue = queues[(uint)keyOf(item).GetHashCode() % (uint)queues.Length];
        if (!queue.Writer.TryWrite(new Pending(item, completed)))
            throw new OverloadedException();
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
        foreach (var queue in queues)
            queue.Writer.TryComplete();
        await Task.WhenAll(writers);
    }

    private async Task WriteAsync(ChannelReader<Pending> queue)
    {
        var batch = new List<Pending>(options.MaxBatchSize);
        var identities = new HashSet<Guid>(options.MaxBatchSize);
        Pending? held = null;
        while (held is not null || await queue.WaitToReadAsync())
        {
            held = Gather(queue, batch, identities, held);
            if (options.WaitTime > TimeSpan.Zero && held is null && batch.Count < options.MaxBatchSize)
            {
                await Task.Delay(options.WaitTime, clock);
                held = Gather(queue, batch, identities, held);
            }
            if (batch.Count > 0 && await CommitAsync(batch) is { } failure)
            {
                FailWaiting(queue, held, failure);
                held = null;
            }
            batch.Clear();
            identities.Clear();
        }
    }

    /// <summary>What waits behind a batch that failed for now fails with it: committed, it would have overtaken what came before it.</summary>
    private void FailWaiting(ChannelReader<Pending> queue, Pending? held, Exception failure)
    {
        if (held is not null)
            Complete(held, default, failure);
        // Not what comes meanwhile: its caller may know of the failure already.
        for (var waiting = queue.Count; waiting > 0 && queue.TryRead(out var pending); waiting--)
            Complete(pending, default, failure);
    }

    /// <summary>Fills the batch up to its size, or to an item that is too much for it or whose twin is already in it: that one is held for the next.</summary>
    private Pending? Gather(ChannelReader<Pending> queue, List<Pending> batch, HashSet<Guid> identities, Pending? held)
    {
        if (held is not null)
        {
            batch.Add(held);
            identities.Add(identityOf(held.Item));
        }
        var bytes = batch.Sum(SizeOf);
        while (batch.Count < options.MaxBatchSize && queue.TryRead(out var next))
        {
            bytes += SizeOf(next);
            if ((bytes > options.MaxBatchBytes && batch.Count > 0) || !identities.Add(identityOf(next.Item)))
                return next;
            batch.Add(next);
        }
        return null;
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

    [LoggerMessage(1101, LogLevel.Warning, "A batch of {Count} writes failed at attempt {Attempt} and is tried again")]
    private partial void LogRetry(Exception exception, int count, int attempt);

    [LoggerMessage(1102, LogLevel.Warning, "A batch of {Count} writes failed and is split to find the one at fault")]
    private partial void LogSplit(Exception exception, int count);

    [LoggerMessage(1103, LogLevel.Error, "A caller failed to take the result of its write")]
    private partial void LogCallerFailed(Exception exception);
}
