using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime;

/// <summary>
/// One subscriber's place in one channel. All of it is guarded by its feed's lock.
/// </summary>
public sealed class Subscription
{
    internal Subscription(Feed feed, ISubscriber? subscriber, Action<Change>? observer) =>
        (Feed, Subscriber, Observer) = (feed, subscriber, observer);

    /// <summary>What it listens to.</summary>
    public ChannelId Channel => Feed.Channel;

    internal Feed Feed { get; }

    /// <summary>Who gets the messages; null when the node itself only watches the channel.</summary>
    internal ISubscriber? Subscriber { get; }

    /// <summary>What the node itself does at each change.</summary>
    internal Action<Change>? Observer { get; }

    /// <summary>The last version that was sent.</summary>
    internal long Sent { get; set; }

    /// <summary>Whether live changes go to it; else it is catching up from the log, or about to.</summary>
    internal bool IsLive { get; set; }

    /// <summary>Its place in the feed's array; -1 when it has left.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>One catch-up at a time.</summary>
    internal int CatchingUp;
}
