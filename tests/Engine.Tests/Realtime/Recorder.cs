using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Tests.Realtime;

/// <summary>A subscriber that remembers the versions it got, and knows where it began.</summary>
internal sealed class Recorder : ISubscriber
{
    private readonly Lock gate = new();
    private readonly Hub hub;
    private readonly List<long> versions = [];
    private readonly List<(long Version, TaskCompletionSource Seen)> waiting = [];
    private readonly TaskCompletionSource resynced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Recorder(Hub hub, ChannelId channel)
    {
        this.hub = hub;
        Subscription = hub.Join(channel, this);
    }

    public Subscription Subscription { get; }

    /// <summary>The version after which it began.</summary>
    public long BeganAfter { get; private set; }

    public bool IsSlow { get; private set; }

    public bool IsGone { get; set; }

    public int Ephemeral { get; private set; }

    /// <summary>Completes when the hub says that this subscription cannot be continued.</summary>
    public Task Resynced => resynced.Task;

    public long[] Versions
    {
        get
        {
            lock (gate)
                return [.. versions];
        }
    }

    public long Last
    {
        get
        {
            lock (gate)
                return versions.Count == 0 ? BeganAfter : versions[^1];
        }
    }

    public Task BeginLiveAsync() => hub.BeginLiveAsync(Subscription, at => BeganAfter = at.Version, TestContext.Current.CancellationToken);

    public Task ContinueAsync(long after)
    {
        BeganAfter = after;
        Hub.BeginAfter(Subscription, after);
        return hub.CatchUpAsync(Subscription);
    }

    /// <summary>Its reader has stopped reading.</summary>
    public void Stall() => IsSlow = true;

    /// <summary>Its reader has taken all that waited.</summary>
    public Task RecoverAsync()
    {
        IsSlow = false;
        return hub.CatchUpAsync(Subscription);
    }

    public void Leave() => hub.Leave(Subscription);

    /// <summary>Completes when this version has come.</summary>
    public Task ReachesAsync(long version)
    {
        lock (gate)
        {
            if (version <= BeganAfter || (versions.Count > 0 && versions[^1] >= version))
                return Task.CompletedTask;
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((version, seen));
            return seen.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What came must be every version from where it began, once and in order.</summary>
    public void AssertContiguous()
    {
        var got = Versions;
        Assert.Equal(Enumerable.Range(1, got.Length).Select(i => BeganAfter + i), got);
    }

    public bool TrySend(OutboundMessage message)
    {
        if (IsGone)
            return false;
        using var json = JsonDocument.Parse(message.Json);
        lock (gate)
        {
            if (!json.RootElement.TryGetProperty("v", out var v))
            {
                Ephemeral++;
                return true;
            }
            var version = v.GetInt64();
            versions.Add(version);
            foreach (var (_, seen) in waiting.Where(entry => entry.Version <= version))
                seen.TrySetResult();
            waiting.RemoveAll(entry => entry.Version <= version);
        }
        return true;
    }

    public void OnResync(Subscription subscription) => resynced.TrySetResult();
}
