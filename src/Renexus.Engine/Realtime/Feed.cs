using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>
/// One channel on this node, while anybody here listens to it: its subscribers, and how far it has been delivered.
/// Changes leave in version order whatever order they arrive in (RT2): one that comes early is held, and what is missing
/// is fetched from the log.
/// </summary>
internal sealed class Feed(ChannelId channel, Func<Change, OutboundMessage> encode)
{
    private const long Unknown = -1;

    /// <summary>Recent messages kept, so that a client that was away for a moment costs no query.</summary>
    private const int RecentCount = 64;
    private const int RecentMaxBytes = 4 * 1024;

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

    /// <summary>Gives up a place; true when it was the last one and the feed is closed.</summary>
    public bool Remove(Subscription subscription)
    {
        lock (gate)
        {
            if (subscription.Index < 0)
                return false;
            var last = subscriptions[--count];
            subscriptions[subscription.Index] = last;
            last.Index = subscription.Index;
            subscriptions[count] = null!;
            subscription.Index = -1;
            subscription.IsLive = false;
            return isClosed = count == 0;
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

    /// <summary>A change has been committed. True when earlier ones are lacking and must be fetched.</summary>
    public bool Publish(Change change)
    {
        lock (gate)
        {
            known = Math.Max(known, change.Version);
            if (delivered == Unknown || change.Version <= delivered)
                return false;
            if (epoch == 0)
                epoch = change.Epoch;
            if (change.Version > delivered + 1)
            {
                (early ??= [])[change.Version] = change;
                return true;
            }
            Deliver(change);
            DeliverEarly();
            return known > delivered;
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

    /// <summary>
    /// Lets the subscription go live if it has everything that was delivered here, from the recent messages if they reach
    /// back far enough. <paramref name="before"/> runs first, under the lock: what it sends precedes every live message.
    /// </summary>
    public bool TryGoLive(Subscription subscription, Action<Position>? before = null)
    {
        lock (gate)
        {
            if (delivered == Unknown || subscription.Index < 0)
                return subscription.Index < 0;
            before?.Invoke(new Position(delivered, epoch));
            if (subscription.Sent < delivered && !SendRecent(subscription))
                return false;
            return subscription.IsLive = true;
        }
    }

    /// <summary>Versions started over: everybody here must begin anew. Answers who.</summary>
    public Subscription[] StartOver(Position position)
    {
        lock (gate)
        {
            (delivered, epoch, known) = (position.Version, position.Epoch, position.Version);
            early = null;
            recent = null;
            return subscriptions.AsSpan(0, count).ToArray();
        }
    }

    /// <summary>Sends something that is not in the log and may be lost: typing, cursors, presence.</summary>
    public void Broadcast(OutboundMessage message)
    {
        lock (gate)
        {
            foreach (var subscription in subscriptions.AsSpan(0, count))
            {
                if (subscription is { IsLive: true, Subscriber: { IsSlow: false } subscriber })
                    subscriber.TrySend(message);
            }
        }
    }

    private void Deliver(Change change)
    {
        delivered = change.Version;
        OutboundMessage? message = null;
        foreach (var subscription in subscriptions.AsSpan(0, count))
        {
            if (!subscription.IsLive || subscription.Sent != change.Version - 1)
                continue;
            if (subscription.Subscriber is { } subscriber)
            {
                if (subscriber.IsSlow)
                {
                    subscription.IsLive = false;
                    continue;
                }
                subscriber.TrySend(message ??= encode(change));
            }
            subscription.Sent = change.Version;
            subscription.Observer?.Invoke(change);
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
