using System.Collections.Concurrent;
using Renexus.Client;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Chaos;

/// <summary>Who is seen when the node that held their connections is killed.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "TH-4")]
public sealed class PresenceKillTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PR4_who_was_on_a_killed_node_goes_and_who_has_another_device_stays()
    {
        // One machine's web servers may share a directory, and are two nodes all the same.
        await using var data = new TemporaryFolder();
        string[] settings = [$"Renexus:Database:ConnectionString={database.ConnectionString}", $"Renexus:DataDirectory={data.Path}"];
        await using var staying = await ServerProcess.StartAsync(settings);
        await using var killed = await ServerProcess.StartAsync(settings);
        using var ada = new RenexusClient(staying.Address);
        using var bob = new RenexusClient(staying.Address);
        using var carol = new RenexusClient(killed.Address);
        var (adaId, bobId, carolId) = (await RegisterAsync(ada, "ada"), await RegisterAsync(bob, "bob"), await RegisterAsync(carol, "carol"));
        var workspace = await ada.Workspaces.CreateAsync("Analytical Engines", cancellationToken: Cancel);
        await ada.Workspaces.AddMemberAsync(workspace.Id, "bob@example.org", Roles.Editor, Cancel);
        await ada.Workspaces.AddMemberAsync(workspace.Id, "carol@example.org", Roles.Editor, Cancel);
        var thread = (await ada.Threads.CreateAsync(workspace.Id, "Launch", cancellationToken: Cancel)).Id;

        await using var watching = Seen.From(staying, ada, thread);
        await using var bobsPhone = Seen.From(staying, bob, thread);
        await using var bobsDesk = Seen.From(killed, bob, thread);
        await using var carols = Seen.From(killed, carol, thread);
        foreach (var seen in new[] { watching, bobsPhone, bobsDesk, carols })
            await seen.IsAsync(adaId, bobId, carolId);

        await killed.KillAsync();

        await watching.IsAsync(adaId, bobId);
        Assert.Equal([carolId], watching.Left);
        var members = await ada.Workspaces.GetPresenceAsync(workspace.Id, Cancel);
        Assert.Equal([adaId, bobId], members.Where(one => one.Online).Select(one => one.UserId).Order());
    }

    private static async Task<Guid> RegisterAsync(RenexusClient api, string name) =>
        (await api.Accounts.RegisterAsync($"{name}@example.org", "a long enough password", name, Cancel)).Id;

    /// <summary>Who is on a thread, as one device sees it.</summary>
    private sealed class Seen : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<Guid, byte> people = new();
        private readonly ConcurrentQueue<Guid> left = new();
        private readonly RealtimeClient realtime;

        private Seen(RealtimeClient realtime, Guid thread)
        {
            this.realtime = realtime;
            realtime.Subscribe(ChannelNames.Thread(thread), Take, presence: true);
            realtime.Start();
        }

        /// <summary>Everybody who has gone, in order.</summary>
        public IEnumerable<Guid> Left => left;

        public static Seen From(ServerProcess server, RenexusClient api, Guid thread) =>
            new(new RealtimeClient(server.Address, (_, cancellationToken) => api.GetAccessTokenAsync(cancellationToken), new RealtimeOptions()), thread);

        public Task IsAsync(params Guid[] expected) => Eventually.TrueAsync(
            $"{expected.Length} people are seen", Patience, () => people.Keys.ToHashSet().SetEquals(expected));

        public ValueTask DisposeAsync() => realtime.DisposeAsync();

        private void Take(ChannelEvent happened)
        {
            if (happened is not ChannelSignal { Op: Ops.Presence } signal)
                return;
            var presence = signal.ReadPresence();
            if (presence.State is not null)
                people.Clear();
            foreach (var one in (presence.State ?? []).Concat(presence.Join ?? []))
                people[one.UserId] = 0;
            foreach (var one in presence.Leave ?? [])
            {
                people.TryRemove(one.UserId, out _);
                left.Enqueue(one.UserId);
            }
        }
    }
}
