using BenchmarkDotNet.Attributes;
using Renexus.Engine.Cache;
using Renexus.Engine.Changes;

namespace Renexus.Micro;

/// <summary>
/// What does it cost to answer from a cache that knows versions, bounds and use, and what to miss in it? Baseline: a dictionary, which grows
/// for ever and never learns that anything has changed.
/// </summary>
public class CacheHits
{
    private const int Entries = 1_000;
    private const long Epoch = 1;

    private readonly byte[] page = new byte[16 * 1024];
    private readonly Dictionary<Key, byte[]> dictionary = [];
    private readonly VersionedCache<Key, byte[]> cache = new(new VersionedCacheOptions { Name = "bench", MaxEntries = Entries }, TimeProvider.System);
    private readonly Guid[] threads = [.. Enumerable.Range(0, Entries).Select(_ => Guid.CreateVersion7())];
    private Func<Key, Task<Loaded<byte[]>>> load = null!;
    private long version = 1;
    private int next;

    [GlobalSetup]
    public async Task BeginAsync()
    {
        var loaded = Task.FromResult(new Loaded<byte[]>(page, page.Length));
        load = _ => loaded;
        foreach (var thread in threads)
        {
            dictionary[new Key(thread, long.MaxValue, 50)] = page;
            await cache.GetAsync(new Key(thread, long.MaxValue, 50), new Position(1, Epoch), load, CancellationToken.None);
        }
    }

    [Benchmark(Baseline = true)]
    public byte[] Dictionary() => dictionary[Next()];

    [Benchmark]
    public async ValueTask<byte[]> Hit() => (await cache.GetAsync(Next(), new Position(1, Epoch), load, CancellationToken.None)).Value;

    /// <summary>A load that costs nothing: what is left is the cache's own part of a miss.</summary>
    [Benchmark]
    public async ValueTask<byte[]> Miss() => (await cache.GetAsync(Next(), new Position(++version, Epoch), load, CancellationToken.None)).Value;

    private Key Next() => new(threads[next++ % Entries], long.MaxValue, 50);

    private readonly record struct Key(Guid Thread, long From, int Take);
}
