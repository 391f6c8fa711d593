using Renexus.Engine.Storage;

namespace Renexus.Engine.Changes;

/// <summary>
/// The channels of which this process has heard that they moved, by its own commits and by the other nodes' hints, each once until it is taken. Hints may
/// be lost (CH7): whoever follows the log by it looks at all channels from time to time.
/// </summary>
public sealed class MovedChannels : IDisposable
{
    private readonly Database database;
    private readonly HintBus hints;
    private readonly Func<ChannelId, bool> isFollowed;
    private readonly Lock gate = new();
    private readonly Queue<ChannelId> waiting = new();
    private readonly HashSet<ChannelId> known = [];

    public MovedChannels(Database database, HintBus hints, Func<ChannelId, bool> isFollowed)
    {
        (this.database, this.hints, this.isFollowed) = (database, hints, isFollowed);
        database.Committed += OnCommitted;
        hints.Moved += OnMoved;
    }

    /// <summary>There was none, and now there is. Called under a lock: be quick.</summary>
    public event Action? Began;

    /// <summary>As if it had been heard of them.</summary>
    public void Add(IEnumerable<ChannelId> channels)
    {
        lock (gate)
        {
            var wasEmpty = waiting.Count == 0;
            foreach (var channel in channels)
            {
                if (isFollowed(channel) && known.Add(channel))
                    waiting.Enqueue(channel);
            }
            if (wasEmpty && waiting.Count > 0)
                Began?.Invoke();
        }
    }

    /// <summary>Takes so many, those that have waited longest first.</summary>
    public IReadOnlyList<ChannelId> Take(int most = int.MaxValue)
    {
        var taken = new List<ChannelId>();
        lock (gate)
        {
            while (taken.Count < most && waiting.TryDequeue(out var channel))
            {
                known.Remove(channel);
                taken.Add(channel);
            }
        }
        return taken;
    }

    public void Dispose()
    {
        hints.Moved -= OnMoved;
        database.Committed -= OnCommitted;
    }

    private void OnCommitted(IReadOnlyList<Change> changes) => Add(changes.Select(change => change.Channel));

    private void OnMoved(IReadOnlyList<(ChannelId Channel, long Version)> moved) => Add(moved.Select(one => one.Channel));
}
