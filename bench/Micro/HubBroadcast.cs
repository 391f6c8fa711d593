using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Engine.Storage;

namespace Renexus.Micro;

/// <summary>
/// What does it cost to hand a committed change to all who listen on this node, in order and with a look at whether each is slow? Baseline: the same
/// message to everybody in a list, with no promise at all.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The runner ends it: GlobalCleanup.")]
public class HubBroadcast
{
    private readonly MessageEncoder encoder = new(channel => $"thread:{channel.Id}", TimeProvider.System);
    private Listener[] listeners = [];
    private NpgsqlDataSource source = null!;
    private Database database = null!;
    private HintBus hints = null!;
    private Hub hub = null!;
    private long version;

    [Params(10, 1_000)]
    public int Listeners { get; set; }

    [GlobalSetup]
    public void Begin()
    {
        // Nobody asks the database: everyone begins at a position that is given.
        source = NpgsqlDataSource.Create("Host=localhost");
        database = new Database(source, source, NullLogger<Database>.Instance, new DatabaseLimits());
        hints = new HintBus(database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        hub = new Hub(database, new ChangeLog(database), hints, encoder, new HubOptions(), TimeProvider.System, NullLogger<Hub>.Instance);
        listeners = [.. Enumerable.Range(0, Listeners).Select(_ => new Listener())];
        foreach (var listener in listeners)
            hub.Join(Samples.Channel, new Position(0, 1), listener);
        version = 0;
    }

    [Benchmark(Baseline = true)]
    public void Loop()
    {
        var message = encoder.Change(Samples.ChangeAt(++version));
        foreach (var listener in listeners)
            listener.TrySend(message);
    }

    [Benchmark]
    public void Publish() => hub.Publish([Samples.ChangeAt(++version)]);

    [GlobalCleanup]
    public async Task EndAsync()
    {
        if (listeners.Any(listener => listener.Heard < version))
            throw new InvalidOperationException("Not everybody heard everything.");
        await hub.DisposeAsync();
        await hints.DisposeAsync();
        database.Dispose();
        await source.DisposeAsync();
    }

    private sealed class Listener : ISubscriber
    {
        public long Heard { get; private set; }

        public bool IsSlow => false;

        public bool TrySend(OutboundMessage message)
        {
            Heard++;
            return true;
        }

        public void OnResync(Subscription subscription) => throw new InvalidOperationException("Nothing was missed.");
    }
}
