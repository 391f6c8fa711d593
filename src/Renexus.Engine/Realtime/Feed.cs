using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>What a change has done to a feed.</summary>
internal enum Reception
{
    /// <summary>Everything known is delivered.</summary>
    Level,

    /// <summary>Earlier or later changes must be fetched from the log.</summary>
    Lacking,

    /// <summary>Its version counts in another epoch than what was delivered.</summary>
    OtherEpoch,
}

/// <summary>
/// One channel on this node, while anybody here listens to it: its subscribers, and how far it has been delivered.
/// Changes leave in version order whatever order they arrive in (RL2): one that comes early is held, and what is missing
/// is fetched from the log.
/// </summary>
/// <remarks>
/// A subscriber may leave from within its own call, on the same thread and thus inside the lock: loops over the
/// subscriptions run backwards, so that the one that takes the freed place has had its turn.
/// </remarks>
internal sealed class Feed(ChannelId channel, Func<Change, OutboundMessage> encode)
{
    private const long Unknown = -1;

    /// <summary>Recent messages kept, so that a client that was away for a moment costs no query.</summary>
    private const int RecentCount = 64;
    private const int RecentMaxBytes = 4 * 1024;

    /// <summary>Early changes held; more are read from the log when their turn comes.</summary>
    private const int MaxEarly = 1_000;

    private readonly Lock gate = new();
    private Subscription[] subscriptions = [];
    private int count;
    private long delivered = Unknown;
    private long known;
    private long epoch;
    private SortedList<long, Change>? early;
    private Queue<OutboundMessage>? recent;
    private bool isClosed;

    public ChannelId Channel => channel;

    /// <summary>The channel's position as delivered here; null until it has been read.</summary>
    public Position? Position
    {
        get
        {
            lock (gate)
                return delivered == Unknown ? null : new Position(delivered, epoch);
        }
    }

    /// <summary>Whether something is known to exist that has not been delivered.</summary>
    public bool IsLacking
    {
        get
        {
            lock (gate)
                return delivered != Unknown && known > delivered && !isClosed;
        }
    }

    /// <summary>Takes a place; false when the feed has been closed meanwhile and a new one is to be made.</summary>
    public bool TryAdd(Subscription subscription)
    {
        lock (gate)
        {
            if (isClosed)
                return false;
            if (count == subscriptions.Length)
                Array.Resize(ref subscriptions, count == 0 ? 1 : count * 2);
            subscription.Index = count;
            subscriptions[count++] = subscription;
            return true;
        }
    }

    /// <summary>Gives up a place; false when it has been given up before. The feed closes with the last one.</summary>
    public bool TryRemove(Subscription subscription, out bool hasClosed)
    {
        lock (gate)
        {
            hasClosed = false;
            if (subscription.Index < 0)
                return false;
            var last = subscriptions[--count];
            subscriptions[subscription.Index] = last;
            last.Index = subscription.Index;
            subscriptions[count] = null!;
            subscription.Index = -1;
            subscription.IsLive = false;
            hasClosed = isClosed = count == 0;
            return true;
        }
    }

    /// <summary>Says where the channel stands, when nobody here knew yet. True when more is known to exist.</summary>
    public bool Begin(Position position)
    {
        lock (gate)
        {
            if (delivered != Unknown)
                return false;
            (delivered, epoch) = (position.Version, position.Epoch);
            DeliverEarly();
            return known > delivered;
        }
    }

    /// <summary>A change has been committed: it is delivered if its turn has come.</summary>
    public Reception Publish(Change change)
    {
        lock (gate)
        {
            // Versions of different epochs are not compared; the position check finds out where the channel stands.
            if (delivered != Unknown && change.Epoch != epoch)
                return Reception.OtherEpoch;
            known = Math.Max(known, change.Version);
            if (delivered == Unknown || change.Version <= delivered)
                return Reception.Level;
            if (change.Version > delivered + 1)
            {
                early ??= [];
                if (early.Count < MaxEarly)
                    early[change.Version] = change;
                return Reception.Lacking;
            }
            Deliver(change);
            DeliverEarly();
            return known > delivered ? Reception.Lacking : Reception.Level;
        }
    }

    /// <summary>Another node got this far. True when that is further than here.</summary>
    public bool Hint(long version)
    {
        lock (gate)
        {
            known = Math.Max(known, version);
            return delivered != Unknown && known > delivered;
        }
    }

    /// <summary>What was known beyond this position does not exist: a hint was wrong.</summary>
    public void Doubt(Position position)
    {
        lock (gate)
            known = Math.Max(delivered, position.Version);
    }

    /// <summary>
    /// Lets the subscription go live if it has everything that was delivered here, from the recent messages if they reach
    /// back far enough. <paramref name="before"/> runs first, under the lock: what it sends precedes every live message.
    /// </summary>
    public bool TryGoLive(Subscription subscription, Action<Position>? before = null)
    {
        lock (gate)
        {
            if (subscription.Index < 0)
                return true;
            if (delivered == Unknown)
                return false;
            before?.Invoke(new Position(delivered, epoch));
            if (!subscription.HasBegun)
                return true;
            if (subscription.Sent < delivered && !SendRecent(subscription))
                return false;
            return subscription.IsLive = true;
        }
    }

    /// <summary>Whether it is for a catch-up to bring the subscription level: it has begun, is not live and has room.</summary>
    public bool IsBehind(Subscription subscription)
    {
        lock (gate)
            return subscription is { Index: >= 0, HasBegun: true, IsLive: false, Subscriber: null or { IsSlow: false } };
    }

    /// <summary>Sends the next change that the subscription lacks. False when it has left or its subscriber has gone.</summary>
    /// <param name="message">The change, encoded; not needed for who only watches.</param>
    public bool TrySendMissed(Subscription subscription, Change change, OutboundMessage? message)
    {
        lock (gate)
        {
            if (subscription.Index < 0 || subscription.Sent != change.Version - 1)
                return false;
            subscription.Sent = change.Version;
            subscription.Watcher?.OnChange(change);
            return subscription.Subscriber is not { } subscriber || subscriber.TrySend(message!);
        }
    }

    /// <summary>Lets one that only watches go on from here, without what it missed.</summary>
    public void Skip(Subscription subscription)
    {
        lock (gate)
        {
            if (subscription.Index >= 0)
                (subscription.Sent, subscription.IsLive) = (delivered, true);
        }
    }

    /// <summary>
    /// What was delivered here cannot be continued: the channel goes on from this position. Subscribers get nothing more,
    /// those that only watch go on. Answers all of them.
    /// </summary>
    public Subscription[] StartOver(Position position)
    {
        lock (gate)
        {
            (delivered, epoch, known) = (position.Version, position.Epoch, position.Version);
            early = null;
            recent = null;
            var all = subscriptions.AsSpan(0, count).ToArray();
            foreach (var subscription in all)
            {
                subscription.IsLive = subscription.Subscriber is null;
                subscription.Sent = subscription.IsLive ? position.Version : Subscription.NotBegun;
            }
            return all;
        }
    }

    /// <summary>Sends something that is not in the log and may be lost: typing, cursors, presence.</summary>
    public void Broadcast(OutboundMessage message)
    {
        lock (gate)
        {
            for (var i = count - 1; i >= 0; i--)
            {
                if (subscriptions[i] is { IsLive: true, Subscriber: { IsSlow: false } subscriber })
                    subscriber.TrySend(message);
            }
        }
    }

    private void Deliver(Change change)
    {
        delivered = change.Version;
        OutboundMessage? message = null;
        for (var i = count - 1; i >= 0; i--)
        {
            var subscription = subscriptions[i];
            // Somebody who was ahead of this node, having read the log elsewhere, has it already.
            if (!subscription.IsLive || subscription.Sent != change.Version - 1)
                continue;
            if (subscription.Subscriber is { IsSlow: true })
            {
                subscription.IsLive = false;
                continue;
            }
            subscription.Sent = change.Version;
            subscription.Watcher?.OnChange(change);
            subscription.Subscriber?.TrySend(message ??= encode(change));
        }
        if (message is not null)
            Remember(message);
        else
            recent = null;
    }

    private void DeliverEarly()
    {
        while (early is { Count: > 0 } && early.GetKeyAtIndex(0) <= delivered + 1)
        {
            var next = early.GetValueAtIndex(0);
            early.RemoveAt(0);
            if (next.Version == delivered + 1)
                Deliver(next);
        }
        if (early is { Count: 0 })
            early = null;
    }

    /// <summary>The recent messages are always the last ones delivered, without a gap.</summary>
    private void Remember(OutboundMessage message)
    {
        recent ??= new Queue<OutboundMessage>();
        if (message.Json.Length > RecentMaxBytes)
        {
            recent.Clear();
            return;
        }
        if (recent.Count == RecentCount)
            recent.Dequeue();
        recent.Enqueue(message);
    }

    private bool SendRecent(Subscription subscription)
    {
        var first = delivered - (recent?.Count ?? 0) + 1;
        if (subscription.Subscriber is not { } subscriber || recent is null || subscription.Sent + 1 < first)
            return false;
        var version = first;
        foreach (var message in recent)
        {
            if (version++ > subscription.Sent)
                subscriber.TrySend(message);
        }
        subscription.Sent = delivered;
        return true;
    }
}
