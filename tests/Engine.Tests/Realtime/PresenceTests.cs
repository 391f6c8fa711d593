using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

/// <summary>Presence among nodes: what is lost on the way, and who is gone when a node is.</summary>
[Trait("spec", "TH-4")]
public sealed class PresenceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task PR4_the_people_of_a_node_that_is_killed_go_with_its_lease()
    {
        await using var here = await Present.StartAsync(database);
        // It says once that it lives, and then no more.
        await using var killed = await Present.StartAsync(database, renewEvery: TimeSpan.FromHours(1));
        var channel = new ChannelId(3, Guid.CreateVersion7());
        var (ada, bob) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var seen = here.Join(channel, ada);
        killed.Join(channel, bob);
        await Eventually.TrueAsync("bob is seen", Patience, () => seen.People.SetEquals([ada, bob]));

        await killed.FallSilentAsync();

        await Eventually.TrueAsync("bob is gone", Patience, () => seen.People.SetEquals([ada]));
    }

    [Fact]
    public async Task PR5_who_comes_new_asks_and_has_everybody()
    {
        await using var here = await Present.StartAsync(database);
        var channel = new ChannelId(3, Guid.CreateVersion7());
        var people = Enumerable.Range(0, 300).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var person in people)
            here.Join(channel, person);

        await using var late = await Present.StartAsync(database);
        var seen = late.Join(channel, Guid.CreateVersion7());

        await Eventually.TrueAsync("who comes later sees everybody", Patience, () => seen.People.IsSupersetOf(people));
    }

    [Fact]
    public async Task PR2_coming_and_going_within_a_moment_is_told_to_nobody()
    {
        var clock = new FakeTime();
        await using var here = await Present.StartAsync(database, clock: clock);
        var channel = new ChannelId(3, Guid.CreateVersion7());
        var watcher = here.Join(channel, Guid.CreateVersion7());
        clock.Advance(TimeSpan.FromSeconds(2));
        var told = watcher.Messages;

        var hasty = here.Join(channel, Guid.CreateVersion7());
        here.Presence.Leave(channel, hasty, mayReturn: true);
        here.Join(channel, hasty.User, hasty);
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Contains(hasty.User, watcher.People);
        Assert.Equal(told + 1, watcher.Messages);
        here.Presence.Leave(channel, hasty, mayReturn: true);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Contains(hasty.User, watcher.People);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(hasty.User, watcher.People);
    }

    /// <summary>One node's share of presence.</summary>
    private sealed class Present : IAsyncDisposable
    {
        private readonly Node node;
        private readonly NodeLease lease;
        private readonly PresenceGossip gossip;

        private Present(Node node, NodeLease lease, PresenceGossip gossip, Presence presence) =>
            (this.node, this.lease, this.gossip, Presence) = (node, lease, gossip, presence);

        public Presence Presence { get; }

        public HintBus Hints => node.Hints;

        public static async Task<Present> StartAsync(TestDatabase database, TimeProvider? clock = null, TimeSpan? renewEvery = null)
        {
            var own = await Node.StartAsync(database);
            var options = new NodeOptions { Id = own.Id, Name = "test", RenewEvery = renewEvery ?? TimeSpan.FromMilliseconds(200), Lease = TimeSpan.FromSeconds(2) };
            var held = new NodeLease(own.Database, own.Hints, options, TimeProvider.System, NullLogger<NodeLease>.Instance);
            var told = new PresenceGossip(own.Hints, held, options, TimeProvider.System);
            var presence = new Presence(own.Encoder, told, new PresenceOptions(), clock ?? TimeProvider.System, NullLogger<Presence>.Instance);
            await held.StartAsync(TestContext.Current.CancellationToken);
            return new Present(own, held, told, presence);
        }

        public Watcher Join(ChannelId channel, Guid user) => Join(channel, user, new Watcher(user));

        public Watcher Join(ChannelId channel, Guid user, Watcher watcher)
        {
            Presence.Join(channel, user, watcher);
            return watcher;
        }

        /// <summary>As a killed process: nothing more is said.</summary>
        public ValueTask FallSilentAsync() => Presence.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await Presence.DisposeAsync();
            gossip.Dispose();
            await lease.DisposeAsync();
            await node.DisposeAsync();
        }
    }

    /// <summary>Keeps who is present, as a client does.</summary>
    private sealed class Watcher(Guid user) : ISubscriber
    {
        private readonly Lock gate = new();
        private readonly HashSet<Guid> people = [];
        private int messages;

        public Guid User => user;

        public bool IsSlow => false;

        public int Messages => Volatile.Read(ref messages);

        public HashSet<Guid> People
        {
            get
            {
                lock (gate)
                    return [.. people];
            }
        }

        public bool TrySend(OutboundMessage message)
        {
            using var json = JsonDocument.Parse(message.Json);
            var payload = json.RootElement.GetProperty("payload");
            Interlocked.Increment(ref messages);
            lock (gate)
            {
                if (payload.TryGetProperty("state", out var state))
                {
                    people.Clear();
                    people.UnionWith(Ids(state));
                    return true;
                }
                people.UnionWith(Ids(payload.GetProperty("join")));
                people.ExceptWith(Ids(payload.GetProperty("leave")));
            }
            return true;
        }

        public void OnResync(Subscription subscription)
        {
        }

        private static Guid[] Ids(JsonElement people) => people.EnumerateArray().Select(one => one.GetProperty("userId").GetGuid()).ToArray();
    }
}
