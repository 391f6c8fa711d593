using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

/// <summary>One process's share of the engine. Several on one database are a cluster.</summary>
internal sealed class Node : IAsyncDisposable
{
    private Node(TestDatabase database, TimeProvider clock, HubOptions options)
    {
        Database = new Database(database.App, database.Log, NullLogger<Database>.Instance, new DatabaseLimits());
        Log = new ChangeLog(Database);
        Hints = new HintBus(Database, Id, clock, NullLogger<HintBus>.Instance);
        Encoder = new MessageEncoder(channel => $"{channel.Kind}:{channel.Id}", clock);
        Hub = new Hub(Database, Log, Hints, Encoder, options, clock, NullLogger<Hub>.Instance);
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Database Database { get; }

    public ChangeLog Log { get; }

    public HintBus Hints { get; }

    public MessageEncoder Encoder { get; }

    public Hub Hub { get; }

    /// <param name="clock">The system's when none is given.</param>
    /// <param name="checkEvery">How often positions are compared; an hour when a test must not be helped by it.</param>
    /// <param name="hears">False for a node that no hint reaches.</param>
    public static async Task<Node> StartAsync(TestDatabase database, TimeProvider? clock = null, TimeSpan? checkEvery = null, bool hears = true)
    {
        var node = new Node(database, clock ?? TimeProvider.System, new HubOptions { CheckInterval = checkEvery ?? TimeSpan.FromHours(1) });
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Hints.Reconnected += () => listening.TrySetResult();
        node.Hub.Start();
        if (hears)
        {
            node.Hints.Start();
            await listening.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
        return node;
    }

    /// <summary>Commits changes on a channel, each in a transaction of its own; answers the last.</summary>
    public async Task<Change> SayAsync(ChannelId channel, int times = 1)
    {
        Change? last = null;
        for (var i = 0; i < times; i++)
        {
            await using var work = await Database.BeginAsync(Scope.None, TestContext.Current.CancellationToken);
            work.Announce(new NewChange(channel, null, ChangeOp.Create, "note", Guid.CreateVersion7(), "{}"u8.ToArray(), null, null));
            last = (await work.CommitAsync(TimeProvider.System.GetUtcNow()))[0];
        }
        return last!;
    }

    /// <summary>Somebody who listens from now on.</summary>
    public async Task<Recorder> ListenAsync(ChannelId channel)
    {
        var recorder = new Recorder(Hub, channel);
        await recorder.BeginLiveAsync();
        return recorder;
    }

    /// <summary>Somebody who holds a version and wants the rest.</summary>
    public async Task<Recorder> ContinueAsync(ChannelId channel, long after)
    {
        var recorder = new Recorder(Hub, channel);
        await recorder.ContinueAsync(after);
        return recorder;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Hints.DisposeAsync();
        Database.Dispose();
    }
}
