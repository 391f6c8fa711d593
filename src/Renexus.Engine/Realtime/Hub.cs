using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>
/// Delivers the log, live, to whoever listens on this node (docs/spec/realtime.md). Local commits are delivered at once;
/// other nodes' commits when their hint arrives; and what no hint told, within the position check's interval.
/// </summary>
public sealed partial class Hub : IAsyncDisposable
{
    private const int Page = 200;
    private const int CheckBatch = 1_000;

    private readonly Storage.Database database;
    private readonly ChangeLog log;
    private readonly HintBus hints;
    private readonly TimeProvider clock;
    private readonly ILogger<Hub> logger;
    private readonly HubOptions options;
    private readonly MessageEncoder encoder;
    private readonly ConcurrentDictionary<ChannelId, Feed> feeds = new();
    private readonly ConcurrentDictionary<Feed, byte> lacking = new();
    private readonly SemaphoreSlim wakeFetcher = new(0, 1);
    private readonly SemaphoreSlim wakeChecker = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stopped;
    private Task fetching = Task.CompletedTask;
    private Task checking = Task.CompletedTask;

    public Hub(Storage.Database database, ChangeLog log, HintBus hints, MessageEncoder encoder, HubOptions options, TimeProvider clock, ILogger<Hub> logger)
    {
        (this.database, this.log, this.hints, this.encoder, this.options) = (database, log, hints, encoder, options);
        (this.clock, this.logger, stopped) = (clock, logger, stopping.Token);
        database.Committed += Publish;
        hints.Moved += OnMoved;
        hints.Reconnected += CheckNow;
    }

    public void Start()
    {
        fetching = Task.Run(FetchAsync, CancellationToken.None);
        checking = Task.Run(CheckAsync, CancellationToken.None);
    }

    /// <summary>Delivers what this node has committed, and tells the others.</summary>
    public void Publish(IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            hints.Add(change.Channel, change.Version);
            Deliver(change);
        }
    }

    /// <summary>Whether anybody on this node listens to the channel.</summary>
    public bool HasListeners(ChannelId channel) => feeds.ContainsKey(channel);

    /// <summary>Sends something ephemeral to whoever listens here.</summary>
    public void Broadcast(ChannelId channel, OutboundMessage message)
    {
        if (feeds.TryGetValue(channel, out var feed))
            feed.Broadcast(message);
    }

    /// <summary>Takes a place in a channel, silent until <see cref="BeginLiveAsync"/> or <see cref="CatchUpAsync"/>.</summary>
    public Subscription Join(ChannelId channel, ISubscriber subscriber) => Join(channel, subscriber, null);

    /// <summary>Takes a place and listens from a position on, which the caller has just read.</summary>
    public Subscription Join(ChannelId channel, Position position, ISubscriber subscriber) => BeginAt(Join(channel, subscriber, null), position);

    /// <summary>Lets the node itself hear every change of a channel from a position on, which the caller has just read.</summary>
    public Subscription Watch(ChannelId channel, Position position, IWatcher watcher) => BeginAt(Join(channel, null, watcher), position);

    private Subscription BeginAt(Subscription subscription, Position position)
    {
        subscription.Sent = position.Version;
        if (subscription.Feed.Begin(position))
            Lack(subscription.Feed);
        if (!subscription.Feed.TryGoLive(subscription))
            _ = CatchUpAsync(subscription);
        return subscription;
    }

    /// <summary>Gives up a place.</summary>
    public void Leave(Subscription subscription) => TryLeave(subscription);

    /// <summary>Where the channel stands here, read from the log when nobody here knew.</summary>
    public async ValueTask<Position> PositionAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var feed = subscription.Feed;
        if (feed.Position is { } known)
            return known;
        var heads = await log.HeadsAsync([feed.Channel], cancellationToken);
        if (feed.Begin(heads[feed.Channel]))
            Lack(feed);
        return feed.Position!.Value;
    }

    /// <summary>Begins live, from now: <paramref name="before"/> is told the position and may send what must come first.</summary>
    public async Task BeginLiveAsync(Subscription subscription, Action<Position> before, CancellationToken cancellationToken)
    {
        await PositionAsync(subscription, cancellationToken);
        subscription.Feed.TryGoLive(subscription, position =>
        {
            subscription.Sent = position.Version;
            before(position);
        });
    }

    /// <summary>Begins after a version that the receiver holds; the changes since come from <see cref="CatchUpAsync"/>.</summary>
    public static void BeginAfter(Subscription subscription, long version) => subscription.Sent = version;

    /// <summary>
    /// Sends what the subscription lacks, from the log, until it is level with the feed, and lets it go live. Stops early when
    /// the subscriber is slow: whoever learns that it has room again calls this once more.
    /// </summary>
    public async Task CatchUpAsync(Subscription subscription)
    {
        // Whoever finds another at work leaves it to that one, which therefore looks again after it has put its work down.
        do
        {
            if (Interlocked.Exchange(ref subscription.CatchingUp, 1) == 1)
                return;
            try
            {
                await SendMissedAsync(subscription);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogCatchUpFailed(e);
                GiveUp(subscription);
            }
            finally
            {
                Volatile.Write(ref subscription.CatchingUp, 0);
            }
        }
        while (subscription.Feed.IsBehind(subscription));
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever stops it in order comes first, the container later.
        if (stopping.IsCancellationRequested)
            return;
        database.Committed -= Publish;
        hints.Moved -= OnMoved;
        hints.Reconnected -= CheckNow;
        await stopping.CancelAsync();
        await Task.WhenAll(fetching, checking);
        stopping.Dispose();
    }

    private Subscription Join(ChannelId channel, ISubscriber? subscriber, IWatcher? watcher)
    {
        while (true)
        {
            var feed = feeds.GetOrAdd(channel, static (id, encode) => new Feed(id, encode), encoder.Change);
            var subscription = new Subscription(feed, subscriber, watcher);
            if (feed.TryAdd(subscription))
                return subscription;
            feeds.TryRemove(new KeyValuePair<ChannelId, Feed>(channel, feed));
        }
    }

    private bool TryLeave(Subscription subscription)
    {
        if (!subscription.Feed.TryRemove(subscription, out var isClosed))
            return false;
        if (isClosed)
            feeds.TryRemove(new KeyValuePair<ChannelId, Feed>(subscription.Channel, subscription.Feed));
        return true;
    }

    private async Task SendMissedAsync(Subscription subscription)
    {
        var feed = subscription.Feed;
        await PositionAsync(subscription, stopped);
        while (subscription.Subscriber is not { IsSlow: true } && !feed.TryGoLive(subscription))
        {
            var page = await log.AfterAsync([(feed.Channel, subscription.Sent)], Page, stopped);
            if (page.Count == 0)
            {
                GiveUp(subscription);
                return;
            }
            foreach (var change in page)
            {
                if (subscription.Subscriber is { IsSlow: true })
                    return;
                if (subscription.HasBegun && change.Version != subscription.Sent + 1)
                {
                    // Kept no longer, or started over: only a snapshot helps.
                    GiveUp(subscription);
                    return;
                }
                if (!feed.TrySendMissed(subscription, change, subscription.Subscriber is null ? null : encoder.Change(change)))
                {
                    if (subscription.Subscriber is not null)
                        Leave(subscription);
                    return;
                }
            }
        }
    }

    /// <summary>What a subscription lacks cannot be had: a subscriber must begin anew, a watcher is told and goes on.</summary>
    private void GiveUp(Subscription subscription)
    {
        if (subscription.Watcher is { } watcher)
        {
            subscription.Feed.Skip(subscription);
            watcher.OnMissed();
            return;
        }
        if (TryLeave(subscription))
            subscription.Subscriber?.OnResync(subscription);
    }

    private void Deliver(Change change)
    {
        if (!feeds.TryGetValue(change.Channel, out var feed))
            return;
        switch (feed.Publish(change))
        {
            case Reception.Lacking:
                Lack(feed);
                break;
            case Reception.OtherEpoch:
                CheckNow();
                break;
        }
    }

    private void OnMoved(IReadOnlyList<(ChannelId Channel, long Version)> moved)
    {
        foreach (var (channel, version) in moved)
        {
            if (feeds.TryGetValue(channel, out var feed) && feed.Hint(version))
                Lack(feed);
        }
    }

    private void Lack(Feed feed)
    {
        lacking[feed] = 0;
        Release(wakeFetcher);
    }

    /// <summary>Reads what the feeds lack, all of them in one query, again and again while anything is lacking.</summary>
    private async Task FetchAsync()
    {
        try
        {
            while (true)
            {
                await wakeFetcher.WaitAsync(stopped);
                while (!lacking.IsEmpty)
                    await FetchOnceAsync([.. lacking.Keys.Take(CheckBatch)]);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
        }
    }

    private async Task FetchOnceAsync(Feed[] batch)
    {
        foreach (var feed in batch)
            lacking.TryRemove(feed, out _);
        try
        {
            var wanted = batch.Where(feed => feed.IsLacking).Select(feed => (Feed: feed, After: feed.Position!.Value.Version)).ToArray();
            if (wanted.Length == 0)
                return;
            foreach (var change in await log.AfterAsync([.. wanted.Select(w => (w.Feed.Channel, w.After))], Page, stopped))
                Deliver(change);
            var stuck = new List<Feed>();
            foreach (var (feed, after) in wanted.Where(w => w.Feed.IsLacking))
            {
                if (feed.Position!.Value.Version == after)
                    stuck.Add(feed);
                else
                    lacking[feed] = 0;
            }
            if (stuck.Count > 0)
                await ResolveAsync(stuck);
        }
        catch (Exception e) when (!stopped.IsCancellationRequested)
        {
            LogFetchFailed(e);
            foreach (var feed in batch)
                lacking[feed] = 0;
            await Task.Delay(options.RetryDelay, clock, stopped);
        }
    }

    /// <summary>More is said to exist than was found: it came a moment later, it is kept no longer, or the hint was wrong.</summary>
    private async Task ResolveAsync(List<Feed> stuck)
    {
        var here = stuck.ToDictionary(feed => feed.Channel, feed => feed.Position!.Value);
        var heads = await log.HeadsAsync(here.Keys, stopped);
        // Read after the heads: what they count is in the log, unless it has been removed.
        var next = await log.AfterAsync([.. here.Select(h => (h.Key, h.Value.Version))], 1, stopped);
        var found = next.ToDictionary(change => change.Channel, change => change.Version);
        foreach (var feed in stuck)
        {
            var (mine, there) = (here[feed.Channel], heads[feed.Channel]);
            if (feed.Position != mine || found.GetValueOrDefault(feed.Channel) == mine.Version + 1)
                lacking[feed] = 0;
            else if (HasStartedOver(mine, there) || there.Version > mine.Version)
                StartOver(feed, there);
            else
                feed.Doubt(there);
        }
    }

    /// <summary>Compares, every few seconds, where the channels stand with where they stand here (CH8).</summary>
    private async Task CheckAsync()
    {
        try
        {
            while (true)
            {
                // A little earlier or later each time, so that nodes do not ask in step.
                var pause = options.CheckInterval * (0.8 + (0.4 * Random.Shared.NextDouble()));
                await WaitAsync(wakeChecker, pause);
                foreach (var chunk in feeds.Values.Chunk(CheckBatch))
                    await CheckOnceAsync(chunk);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
        }
    }

    private async Task CheckOnceAsync(Feed[] chunk)
    {
        try
        {
            var before = chunk.Where(feed => feed.Position is not null).ToDictionary(feed => feed.Channel, feed => feed.Position!.Value);
            var heads = await log.HeadsAsync(before.Keys, stopped);
            foreach (var feed in chunk)
            {
                if (!before.TryGetValue(feed.Channel, out var here))
                    continue;
                var there = heads[feed.Channel];
                if (HasStartedOver(here, there))
                    StartOver(feed, there);
                else if (feed.Hint(there.Version))
                    Lack(feed);
            }
        }
        catch (Exception e) when (!stopped.IsCancellationRequested)
        {
            LogCheckFailed(e);
        }
    }

    private static bool HasStartedOver(Position here, Position there) => there.Version < here.Version || there.Epoch != here.Epoch;

    private void StartOver(Feed feed, Position position)
    {
        LogStartedOver(feed.Channel.Kind, feed.Channel.Id, position.Version);
        foreach (var subscription in feed.StartOver(position))
            GiveUp(subscription);
    }

    private void CheckNow() => Release(wakeChecker);

    private async Task WaitAsync(SemaphoreSlim wake, TimeSpan pause)
    {
        using var timeout = new CancellationTokenSource(pause, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopped);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopped.IsCancellationRequested)
        {
            // The pause is over.
        }
    }

    private static void Release(SemaphoreSlim wake)
    {
        try
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it between the look and the call.
        }
    }

    [LoggerMessage(1301, LogLevel.Warning, "Changes that another node committed could not be read yet")]
    private partial void LogFetchFailed(Exception exception);

    [LoggerMessage(1302, LogLevel.Warning, "Positions could not be compared")]
    private partial void LogCheckFailed(Exception exception);

    [LoggerMessage(1303, LogLevel.Warning, "A subscriber could not be brought up to date and must subscribe again")]
    private partial void LogCatchUpFailed(Exception exception);

    [LoggerMessage(1304, LogLevel.Warning, "Channel {Kind}:{Channel} cannot be continued, it goes on from {Version}")]
    private partial void LogStartedOver(short kind, Guid channel, long version);
}
