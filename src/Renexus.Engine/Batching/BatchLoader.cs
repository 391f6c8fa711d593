using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Renexus.Engine.Batching;

/// <summary>
/// Batch loader: concurrent small reads of one kind go together into one statement (docs/spec/cache.md, Batched reads). Batching is
/// natural: what arrives while a statement runs makes up the next one, so a lone read goes at once and many cost little more than one.
/// </summary>
/// <remarks>
/// A read that is handed in is answered by a statement that begins after that, so whoever has committed reads what he wrote.
/// The load function runs outside of its callers' flows: it must not depend on whose request it is, and its statement must
/// name the authorization of each key by itself.
/// </remarks>
/// <typeparam name="TKey">What is asked for, with whatever decides about who may have it.</typeparam>
/// <typeparam name="TValue">What is found for a key.</typeparam>
public sealed partial class BatchLoader<TKey, TValue> : IThreadPoolWorkItem, IAsyncDisposable
    where TKey : notnull
{
    private readonly BatchLoaderOptions options;
    private readonly Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> load;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Queue<Dictionary<TKey, TaskCompletionSource<TValue?>>> waiting = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last of those that wait, while there is room in it.</summary>
    private Dictionary<TKey, TaskCompletionSource<TValue?>>? open;
    private int waitingKeys;
    private int loading;
    private bool isDisposed;

    /// <param name="options">Sizes and tries.</param>
    /// <param name="load">Reads what there is for these keys, in one statement; a key that is not in its answer has nothing.</param>
    /// <param name="logger">Hears of tries and of keys at fault.</param>
    public BatchLoader(
        BatchLoaderOptions options, Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> load, ILogger logger) =>
        (this.options, this.load, this.logger) = (options, load, logger);

    /// <summary>What there is for a key; the default when there is nothing.</summary>
    /// <param name="cancellationToken">Ends this caller's waiting; the statement goes on for the others.</param>
    /// <exception cref="OverloadedException">Too much waits already; nothing was asked.</exception>
    public Task<TValue?> LoadAsync(TKey key, CancellationToken cancellationToken)
    {
        TaskCompletionSource<TValue?> answer;
        bool isLoaderMissing;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            answer = TakePlace(key);
            isLoaderMissing = loading < options.Concurrency;
            if (isLoaderMissing)
                loading++;
        }
        // Without the caller's flow: what is ambient there (a transaction, an origin) is not the others'.
        if (isLoaderMissing)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes nothing more in and waits until everything handed in is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isDisposed = true;
            if (loading == 0)
                drained.TrySetResult();
        }
        await drained.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = LoadWaitingAsync();

    /// <summary>A place in a batch that has not begun; the same key there shares it.</summary>
    private TaskCompletionSource<TValue?> TakePlace(TKey key)
    {
        if (open is not null && open.TryGetValue(key, out var shared))
            return shared;
        if (waitingKeys >= options.Capacity)
            throw new OverloadedException("More reads wait than can be answered soon.");
        if (open is null || open.Count >= options.MaxBatchSize)
            waiting.Enqueue(open = []);
        waitingKeys++;
        return open[key] = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task LoadWaitingAsync()
    {
        while (NextBatch() is { } batch)
            await LoadAsync([.. batch]);
    }

    /// <summary>From here on nobody joins it. Null ends the loader.</summary>
    private Dictionary<TKey, TaskCompletionSource<TValue?>>? NextBatch()
    {
        lock (gate)
        {
            if (waiting.TryDequeue(out var batch))
            {
                if (batch == open)
                    open = null;
                waitingKeys -= batch.Count;
                return batch;
            }
            loading--;
            if (isDisposed && loading == 0)
                drained.TrySetResult();
            return null;
        }
    }

    private async Task LoadAsync(KeyValuePair<TKey, TaskCompletionSource<TValue?>>[] batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var found = await load(Array.ConvertAll(batch, static item => item.Key));
                foreach (var (key, answer) in batch)
                    answer.TrySetResult(found.TryGetValue(key, out var value) ? value : default);
                return;
            }
            catch (DbException e) when (e.IsTransient && attempt < options.Tries)
            {
                LogRetry(e, batch.Length, attempt);
            }
            catch (Exception e) when (batch.Length == 1 || e is DbException { IsTransient: true })
            {
                foreach (var (_, answer) in batch)
                    Fail(answer, e);
                return;
            }
            catch (Exception e)
            {
                LogSplit(e, batch.Length);
                break;
            }
        }
        var half = batch.Length / 2;
        await LoadAsync(batch[..half]);
        await LoadAsync(batch[half..]);
    }

    private static void Fail(TaskCompletionSource<TValue?> answer, Exception failure)
    {
        answer.TrySetException(failure);
        // All its callers may have left.
        _ = answer.Task.Exception;
    }

    [LoggerMessage(1111, LogLevel.Warning, "A batch of {Count} reads failed at attempt {Attempt} and is tried again")]
    private partial void LogRetry(Exception exception, int count, int attempt);

    [LoggerMessage(1112, LogLevel.Warning, "A batch of {Count} reads failed and is split to find the one at fault")]
    private partial void LogSplit(Exception exception, int count);
}
