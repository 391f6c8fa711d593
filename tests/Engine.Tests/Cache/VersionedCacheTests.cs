using Renexus.Engine.Cache;
using Renexus.Engine.Changes;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Cache;

[Trait("spec", "CA-6")]
public sealed class VersionedCacheTests
{
    private const long Epoch = 1_700_000_000_000;
    private readonly FakeTime time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PC1_what_was_loaded_is_there_until_its_version_moves()
    {
        var cache = Make();

        Assert.Equal(new Cached<string>("a 1", CacheOutcome.Miss), await AskAsync(cache, "a", 1));
        Assert.Equal(new Cached<string>("a 1", CacheOutcome.Hit), await AskAsync(cache, "a", 1));
        Assert.Equal(new Cached<string>("a 2", CacheOutcome.Miss), await AskAsync(cache, "a", 2));
        // Who learned of the version before it moved gets what is newer.
        Assert.Equal(new Cached<string>("a 2", CacheOutcome.Hit), await AskAsync(cache, "a", 1));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public async Task PC2_versions_of_another_epoch_are_others()
    {
        var cache = Make();
        await AskAsync(cache, "a", 9);

        var afterRestore = await cache.GetAsync("a", new Position(3, Epoch + 1), _ => Task.FromResult(new Loaded<string>("restored", 1)), Cancelled);
        var again = await cache.GetAsync("a", new Position(3, Epoch + 1), _ => throw new InvalidOperationException("It is kept."), Cancelled);

        Assert.Equal(("restored", CacheOutcome.Miss), (afterRestore.Value, afterRestore.Outcome));
        Assert.Equal(("restored", CacheOutcome.Hit), (again.Value, again.Outcome));
    }

    [Fact]
    public async Task PC3_those_who_miss_the_same_share_one_load_and_none_of_them_can_cancel_it()
    {
        var cache = Make();
        var loaded = new TaskCompletionSource<Loaded<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var first = cache.GetAsync("a", new Position(1, Epoch), _ => loaded.Task, leaving.Token).AsTask();
        var second = cache.GetAsync("a", new Position(1, Epoch), _ => throw new InvalidOperationException("Loaded twice."), Cancelled).AsTask();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        loaded.SetResult(new("a 1", 1));

        Assert.Equal(new Cached<string>("a 1", CacheOutcome.Shared), await second);
    }

    [Fact]
    public async Task PC3_who_must_see_a_newer_version_does_not_share_the_load_for_an_older_one()
    {
        var cache = Make();
        var older = new TaskCompletionSource<Loaded<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = cache.GetAsync("a", new Position(1, Epoch), _ => older.Task, Cancelled).AsTask();

        Assert.Equal("a 2", (await AskAsync(cache, "a", 2)).Value);
        older.SetResult(new("a 1", 1));

        Assert.Equal("a 1", (await first).Value);
        // What came late does not push out what is newer.
        Assert.Equal(new Cached<string>("a 2", CacheOutcome.Hit), await AskAsync(cache, "a", 2));
    }

    [Fact]
    public async Task PC3_a_load_that_fails_fails_for_those_who_share_it_and_is_tried_by_the_next()
    {
        var cache = Make();
        var failing = new TaskCompletionSource<Loaded<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = cache.GetAsync("a", new Position(1, Epoch), _ => failing.Task, Cancelled).AsTask();
        var second = cache.GetAsync("a", new Position(1, Epoch), _ => failing.Task, Cancelled).AsTask();
        failing.SetException(new InvalidOperationException("away"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        Assert.Equal(new Cached<string>("a 1", CacheOutcome.Miss), await AskAsync(cache, "a", 1));
    }

    [Fact]
    public async Task PC4_the_least_recently_used_leaves_first_when_there_are_too_many()
    {
        var cache = Make(new VersionedCacheOptions { Name = "test", MaxEntries = 3 });
        foreach (var key in (string[])["a", "b", "c", "a", "d"])
            await AskAsync(cache, key, 1);

        Assert.Equal(CacheOutcome.Hit, (await AskAsync(cache, "a", 1)).Outcome);
        Assert.Equal(CacheOutcome.Hit, (await AskAsync(cache, "c", 1)).Outcome);
        Assert.Equal(CacheOutcome.Hit, (await AskAsync(cache, "d", 1)).Outcome);
        Assert.Equal(CacheOutcome.Miss, (await AskAsync(cache, "b", 1)).Outcome);
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public async Task PC4_all_together_have_a_greatest_size_and_what_is_larger_is_not_kept()
    {
        var cache = Make(new VersionedCacheOptions { Name = "test", MaxBytes = 10 });
        await AskAsync(cache, "a", 1, 4);
        await AskAsync(cache, "b", 1, 4);
        await AskAsync(cache, "c", 1, 4);
        Assert.Equal(2, cache.Count);

        await AskAsync(cache, "d", 1, 11);
        Assert.Equal(CacheOutcome.Miss, (await AskAsync(cache, "d", 1, 11)).Outcome);
        Assert.Equal(CacheOutcome.Hit, (await AskAsync(cache, "c", 1)).Outcome);

        // A new version gives the room of the old one back.
        for (var version = 2; version < 20; version++)
            await AskAsync(cache, "c", version, 6);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public async Task PC4_after_its_lifetime_it_is_loaded_anew()
    {
        var cache = Make();
        await AskAsync(cache, "a", 1);
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(CacheOutcome.Hit, (await AskAsync(cache, "a", 1)).Outcome);

        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(CacheOutcome.Miss, (await AskAsync(cache, "a", 1)).Outcome);
    }

    [Fact]
    public async Task PC5_what_must_not_be_kept_is_not()
    {
        var cache = Make();

        Assert.Equal(CacheOutcome.Miss, (await AskAsync(cache, "a", 1, bytes: null)).Outcome);
        Assert.Equal(CacheOutcome.Miss, (await AskAsync(cache, "a", 1, bytes: null)).Outcome);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public async Task PC1_nobody_among_many_writers_and_readers_gets_older_than_a_version_he_was_told_of()
    {
        var cache = Make(new VersionedCacheOptions { Name = "test", MaxEntries = 3, MaxBytes = 20 });
        var written = new int[5];

        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                var key = (n + i) % written.Length;
                var told = i % 4 == 0 ? Interlocked.Increment(ref written[key]) : Volatile.Read(ref written[key]);
                var found = await cache.GetAsync(key.ToString(System.Globalization.CultureInfo.InvariantCulture), new Position(told, Epoch), async _ =>
                {
                    var seen = Volatile.Read(ref written[key]);
                    await Task.Yield();
                    return new Loaded<string>(seen.ToString(System.Globalization.CultureInfo.InvariantCulture), 5);
                }, Cancelled);
                Assert.True(int.Parse(found.Value, System.Globalization.CultureInfo.InvariantCulture) >= told);
            }
        }, Cancelled)));

        Assert.InRange(cache.Count, 1, 3);
    }

    private VersionedCache<string, string> Make(VersionedCacheOptions? options = null) => new(options ?? new VersionedCacheOptions { Name = "test" }, time);

    private async Task<Cached<string>> AskAsync(VersionedCache<string, string> cache, string key, long version, int? bytes = 1)
    {
        return await cache.GetAsync(key, new Position(version, Epoch), async k =>
        {
            await Task.Yield();
            return new Loaded<string>($"{k} {version}", bytes);
        }, Cancelled);
    }
}
