using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Testing.Chaos;

/// <summary>What one client holds of one thread, built from nothing but what it was sent.</summary>
public sealed class Listener
{
    private readonly Lock gate = new();
    private readonly SortedList<long, Guid> held = [];
    private readonly List<string> faults = [];
    private long last;

    /// <summary>Deltas are applied; a snapshot replaces everything before it, which then is to be read from the history.</summary>
    public void On(ChannelEvent e)
    {
        lock (gate)
        {
            switch (e)
            {
                case ChannelUpdate update when update.V != last + 1:
                    faults.Add($"{update.Channel}: {update.V} after {last}");
                    last = update.V;
                    break;
                case ChannelUpdate update:
                    last = update.V;
                    held.Add(update.V, update.ReadChange().ResourceId);
                    break;
                case ChannelRefused { Error: { Retryable: false } error } refused:
                    faults.Add($"{refused.Channel}: refused for good, {error.Code}");
                    break;
                case ChannelSnapshot snapshot:
                    // Only the newest messages are in it; the rest is what GET would bring, so begin behind them.
                    held.Clear();
                    last = snapshot.V;
                    Snapshots++;
                    break;
            }
        }
    }

    /// <summary>How often it had to begin anew.</summary>
    public int Snapshots { get; private set; }

    public long Last
    {
        get
        {
            lock (gate)
                return last;
        }
    }

    /// <summary>What it saw that it must not see: a gap, a repetition, a wrong order.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (gate)
                return [.. faults];
        }
    }

    /// <summary>The places whose message differs from the truth.</summary>
    public IReadOnlyList<string> Differences(IReadOnlyDictionary<long, Guid> truth)
    {
        lock (gate)
        {
            var first = held.Count == 0 ? last + 1 : held.GetKeyAtIndex(0);
            return
            [
                .. held.Where(pair => !truth.TryGetValue(pair.Key, out var id) || id != pair.Value).Select(pair => $"at {pair.Key}: {pair.Value}"),
                .. truth.Keys.Where(version => version >= first && version <= last && !held.ContainsKey(version)).Select(version => $"nothing at {version}"),
            ];
        }
    }
}
