using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Cache;

/// <summary>
/// Answers kept by key and version (docs/spec/cache.md, Pages): whoever asks knows the version that he must see at least, so nothing has to be
/// invalidated and any number of nodes agree. Least recently used entries leave first.
/// </summary>
/// <typeparam name="TKey">What was asked for.</typeparam>
/// <typeparam name="TValue">The answer: immutable, the same for everybody who may have it.</typeparam>
public sealed class VersionedCache<TKey, TValue>
    where TKey : notnull
{
    private readonly VersionedCacheOptions options;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = [];
    private readonly Dictionary<(TKey Key, Position Version), Task<Loaded<TValue>>> underway = [];
    private readonly KeyValuePair<string, object?> name;
    private long bytes;

    /// <summary>An empty one.</summary>
    public VersionedCache(VersionedCacheOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        name = new("cache", options.Name);
    }

    /// <summary>How many entries there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return entries.Count;
        }
    }

    /// <summary>The answer as it was at this version, or later.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="version">A version that had been reached before this was called, of whatever the answer is made of.</param>
    /// <param name="load">Reads the answer as it is now. Several who miss the same share one call; none of them can cancel it.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    public ValueTask<Cached<TValue>> GetAsync(TKey key, Position version, Func<TKey, Task<Loaded<TValue>>> load, CancellationToken cancellationToken)
    {
        TaskCompletionSource<Loaded<TValue>>? mine = null;
        Task<Loaded<TValue>>? loading;
        lock (gate)
        {
            if (TryFind(key, version, out var found))
            {
                CacheMetrics.Requests.Add(1, name, CacheMetrics.Hit);
                return new(new Cached<TValue>(found, CacheOutcome.Hit));
            }
            if (!underway.TryGetValue((key, version), out loading))
            {
                mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
                underway.Add((key, version), loading = mine.Task);
            }
        }
        if (mine is null)
        {
            CacheMetrics.Requests.Add(1, name, CacheMetrics.Shared);
            return ShareAsync(loading, CacheOutcome.Shared, cancellationToken);
        }
        CacheMetrics.Requests.Add(1, name, CacheMetrics.Miss);
        // Without the caller's flow: what is ambient there (a transaction, an origin) is not the others' who share the load.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Cache.LoadAsync(state.Key, state.Version, state.Load, state.Done),
            (Cache: this, Key: key, Version: version, Load: load, Done: mine), preferLocal: true);
        return ShareAsync(loading, CacheOutcome.Miss, cancellationToken);
    }

    private static async ValueTask<Cached<TValue>> ShareAsync(Task<Loaded<TValue>> loading, CacheOutcome outcome, CancellationToken cancellationToken) =>
        new((await loading.WaitAsync(cancellationToken)).Value, outcome);

    private async Task LoadAsync(TKey key, Position version, Func<TKey, Task<Loaded<TValue>>> load, TaskCompletionSource<Loaded<TValue>> done)
    {
        try
        {
            var loaded = await load(key);
            lock (gate)
            {
                underway.Remove((key, version));
                if (loaded.Bytes is { } size)
                    Keep(new Entry(key, version, loaded.Value, size, clock.GetTimestamp()));
            }
            done.SetResult(loaded);
        }
        catch (Exception e)
        {
            lock (gate)
                underway.Remove((key, version));
            done.SetException(e);
            // All who waited may have left.
            _ = done.Task.Exception;
        }
    }

    private bool TryFind(TKey key, Position version, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!entries.TryGetValue(key, out var node))
            return false;
        if (clock.GetElapsedTime(node.Value.LoadedAt) >= options.Lifetime)
        {
            Remove(node);
            return false;
        }
        if (!IsAsNew(node.Value.Version, version))
            return false;
        byUse.Remove(node);
        byUse.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    private void Keep(Entry entry)
    {
        if (entries.TryGetValue(entry.Key, out var known))
        {
            // Two loads of different versions may end in any order.
            if (known.Value.Version.Epoch == entry.Version.Epoch && known.Value.Version.Version > entry.Version.Version)
                return;
            Remove(known);
        }
        // Half of it goes when the process is short of memory: what is popular comes back at once.
        var (most, mostBytes) = IsMemoryShort() ? (options.MaxEntries / 2, options.MaxBytes / 2) : (options.MaxEntries, options.MaxBytes);
        if (entry.Bytes > mostBytes)
            return;
        entries[entry.Key] = byUse.AddFirst(entry);
        bytes += entry.Bytes;
        while (byUse.Last is { } last && (entries.Count > most || bytes > mostBytes))
            Remove(last);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        entries.Remove(node.Value.Key);
        byUse.Remove(node);
        bytes -= node.Value.Bytes;
    }

    /// <summary>Versions of different epochs cannot be compared: after a restore they begin anew.</summary>
    private static bool IsAsNew(Position kept, Position wanted) => kept.Epoch == wanted.Epoch && kept.Version >= wanted.Version;

    private static bool IsMemoryShort()
    {
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return memory.MemoryLoadBytes > memory.HighMemoryLoadThresholdBytes;
    }

    private sealed record Entry(TKey Key, Position Version, TValue Value, int Bytes, long LoadedAt);
}

/// <summary>What a load brought.</summary>
/// <param name="Bytes">How large it is; null when it must not be kept.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Loaded<TValue>(TValue Value, int? Bytes);

/// <summary>An answer, and where it came from.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Cached<TValue>(TValue Value, CacheOutcome Outcome);

/// <summary>Where an answer came from.</summary>
public enum CacheOutcome
{
    /// <summary>It was there.</summary>
    Hit,

    /// <summary>It was loaded for this.</summary>
    Miss,

    /// <summary>It was being loaded for somebody else.</summary>
    Shared,
}
