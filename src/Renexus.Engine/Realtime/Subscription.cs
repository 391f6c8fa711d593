using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime;

/// <summary>
/// One subscriber's place in one channel. All of it is guarded by its feed's lock.
/// </summary>
public sealed class Subscription
{
    internal const long NotBegun = -1;

    internal Subscription(Feed feed, ISubscriber? subscriber, IWatcher? watcher) =>
        (Feed, Subscriber, Watcher) = (feed, subscriber, watcher);

    /// <summary>What it listens to.</summary>
    public ChannelId Channel => Feed.Channel;

    internal Feed Feed { get; }

    /// <summary>Who gets the messages; null when the node itself only watches the channel.</summary>
    internal ISubscriber? Subscriber { get; }

    /// <summary>The node itself, when it listens.</summary>
    internal IWatcher? Watcher { get; }

    /// <summary>The last version that was sent; before that, where it begins.</summary>
    internal long Sent { get; set; } = NotBegun;

    /// <summary>Whether it has been said where it begins. Until then, and after versions started over, nothing is sent.</summary>
    internal bool HasBegun => Sent != NotBegun;

    /// <summary>Whether live changes go to it; else it is catching up from the log, or about to.</summary>
    internal bool IsLive { get; set; }

    /// <summary>Its place in the feed's array; -1 when it has left.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>One catch-up at a time.</summary>
    internal int CatchingUp;
}
