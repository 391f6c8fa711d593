using System.Collections.Concurrent;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

/// <summary>Two nodes on one database: whatever happens, every subscriber gets every version from where it began, once and in order.</summary>
[Trait("spec", "RT-5")]
public sealed class ClusterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CH7_a_hint_brings_other_nodes_level_at_once()
    {
        await using var database = await FreshAsync();
        await using var here = await Node.StartAsync(database);
        await using var there = await Node.StartAsync(database);
        var channel = NewChannel();
        var reader = await here.ListenAsync(channel);

        // The position check is an hour away: only the hint can have brought it.
        await there.SayAsync(channel, times: 5);

        await reader.ReachesAsync(5);
        reader.AssertContiguous();
    }

    [Fact]
    public async Task CH7_hints_of_many_channels_travel_together_and_all_arrive()
    {
        await using var database = await FreshAsync();
        await using var here = await Node.StartAsync(database);
        await using var there = await Node.StartAsync(database);
        // More than one NOTIFY holds.
        var channels = Enumerable.Range(0, 400).Select(_ => NewChannel()).ToArray();
        var moved = new ConcurrentDictionary<ChannelId, long>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        here.Hints.Moved += hints =>
        {
            foreach (var (channel, version) in hints)
                moved[channel] = version;
            if (moved.Count == channels.Length)
                all.TrySetResult();
        };

        for (var i = 0; i < channels.Length; i++)
            there.Hints.Add(channels[i], i);

        await all.Task.WaitAsync(Cancelled);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), channels.Select(channel => moved[channel]));
    }

    [Fact]
    public async Task CH7_a_node_does_not_hear_its_own_hints_and_signals_reach_the_others()
    {
        await using var database = await FreshAsync();
        await using var here = await Node.StartAsync(database);
        await using var there = await Node.StartAsync(database);
        var heard = new TaskCompletionSource<(string, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var own = 0;
        here.Hints.Signalled += (kind, value) => heard.TrySetResult((kind, value));
        there.Hints.Signalled += (_, _) => own++;

        there.Hints.Signal("replaced", "with:colon");

        Assert.Equal(("replaced", "with:colon"), await heard.Task.WaitAsync(Cancelled));
        Assert.Equal(0, own);
    }

    [Fact]
    public async Task CH8_a_node_that_hears_no_hints_is_level_after_one_position_check()
    {
        await using var database = await FreshAsync();
        var time = new FakeTime();
        await using var deaf = await Node.StartAsync(database, time, TimeSpan.FromSeconds(5), hears: false);
        await using var there = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var reader = await deaf.ListenAsync(channel);
        await time.WaitsForAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)).WaitAsync(Cancelled);
        await there.SayAsync(channel, times: 600);

        time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Empty(reader.Versions);
        time.Advance(TimeSpan.FromSeconds(2.1));

        await reader.ReachesAsync(600);
        reader.AssertContiguous();
    }

    [Fact]
    public async Task CH8_a_listening_connection_that_was_cut_comes_back_and_what_was_missed_is_made_up_at_once()
    {
        await using var database = await FreshAsync();
        await using var here = await Node.StartAsync(database);
        await using var there = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var reader = await here.ListenAsync(channel);
        int[] first = [];
        await Eventually.TrueAsync("the node listens", TimeSpan.FromMinutes(1), async () => (first = await ListenersAsync(database)).Length > 0);

        // It is told nothing of these, and its reconnection asks for the check that would otherwise come in an hour.
        await there.SayAsync(channel, times: 3);
        await CutListenersAsync(database);
        await reader.ReachesAsync(3);
        await Eventually.TrueAsync("the node listens again", TimeSpan.FromMinutes(1), async () => (await ListenersAsync(database)).Except(first).Any());
        there.Hints.Start();
        await there.SayAsync(channel);
        await reader.ReachesAsync(4);
        reader.AssertContiguous();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RL1_every_subscriber_gets_a_run_without_gap_or_repetition(int seed)
    {
        await using var database = await FreshAsync();
        await new Storm(database, seed).RunAsync(checkEvery: TimeSpan.FromHours(1), cuts: false);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task RL1_the_same_when_hints_are_lost_and_connections_are_cut(int seed)
    {
        await using var database = await FreshAsync();
        await LoseHintsAsync(database);
        await new Storm(database, seed).RunAsync(checkEvery: TimeSpan.FromMilliseconds(200), cuts: true);
    }

    private static async Task<TestDatabase> FreshAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    private static ChannelId NewChannel() => new(3, Guid.CreateVersion7());

    /// <summary>The connections that have begun to listen.</summary>
    private static async Task<int[]> ListenersAsync(TestDatabase database)
    {
        const string Listening = """
            select coalesce(array_agg(pid), '{}') from pg_stat_activity
            where datname = current_database() and query = 'listen renexus_hints' and state = 'idle'
            """;
        await using var command = database.Login.CreateCommand(Listening);
        return (int[])(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private static async Task CutListenersAsync(TestDatabase database)
    {
        const string Cut = """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query = 'listen renexus_hints'
            """;
        await using var command = database.Login.CreateCommand(Cut);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>Three of ten hints are lost: a function of the same name stands in front of the real one.</summary>
    private static async Task LoseHintsAsync(TestDatabase database)
    {
        const string Lossy = """
            create schema lossy;
            grant usage on schema lossy to public;
            create sequence lossy.sent;
            create function lossy.pg_notify(channel text, payload text) returns void
            language sql security definer as $$
              select case when nextval('lossy.sent') % 10 not in (2, 3, 7) then pg_catalog.pg_notify(channel, payload) end
            $$;
            do $$ begin execute format('alter database %I set search_path = lossy, pg_catalog', current_database()); end $$;
            """;
        await using var command = database.Login.CreateCommand(Lossy);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>Writers and subscribers on two nodes that do everything they may do, in an order that a seed decides.</summary>
    private sealed class Storm(TestDatabase database, int seed)
    {
        private const int Writers = 6;
        private const int Writes = 40;
        private const int Subscribers = 16;
        private const int Steps = 25;

        private readonly ChannelId[] channels = [.. Enumerable.Range(0, 5).Select(_ => NewChannel())];
        private readonly ConcurrentBag<(Node Node, Recorder Run, bool HasLeft)> runs = [];

        public async Task RunAsync(TimeSpan checkEvery, bool cuts)
        {
            await using var one = await Node.StartAsync(database, checkEvery: checkEvery);
            await using var two = await Node.StartAsync(database, checkEvery: checkEvery);
            Node[] nodes = [one, two];

            var writing = Enumerable.Range(0, Writers).Select(i => Task.Run(() => WriteAsync(nodes[i % 2], new Random(seed + i))));
            var reading = Enumerable.Range(0, Subscribers).Select(i => Task.Run(() => SubscribeAsync(nodes[i % 2], new Random(seed + 100 + i))));
            var cutting = cuts ? Task.Run(CutAsync) : Task.CompletedTask;
            await Task.WhenAll([.. writing, .. reading, cutting]);

            var heads = await one.Log.HeadsAsync(channels, Cancelled);
            foreach (var (node, run, hasLeft) in runs)
            {
                if (!hasLeft)
                {
                    await run.RecoverAsync();
                    await run.ReachesAsync(heads[run.Subscription.Channel].Version);
                }
                run.AssertContiguous();
                Assert.False(run.Resynced.IsCompleted);
            }
            foreach (var channel in channels)
            {
                var log = await one.Log.AfterAsync([(channel, 0)], 100_000, Cancelled);
                Assert.Equal(Enumerable.Range(1, log.Count).Select(i => (long)i), log.Select(change => change.Version));
            }
        }

        private async Task WriteAsync(Node node, Random random)
        {
            for (var i = 0; i < Writes; i++)
            {
                await using var work = await node.Database.BeginAsync(Scope.None, Cancelled);
                for (var n = random.Next(1, 6); n > 0; n--)
                {
                    work.Announce(new NewChange(
                        channels[random.Next(channels.Length)], null, ChangeOp.Create, "note", Guid.CreateVersion7(), "{}"u8.ToArray(), null, null));
                }
                if (random.Next(8) > 0)
                    await work.CommitAsync(TimeProvider.System.GetUtcNow());
            }
        }

        private async Task SubscribeAsync(Node node, Random random)
        {
            var held = new Dictionary<ChannelId, long>();
            Recorder? run = null;
            for (var i = 0; i < Steps; i++)
            {
                if (run is null)
                {
                    var channel = channels[random.Next(channels.Length)];
                    run = held.TryGetValue(channel, out var last) ? await node.ContinueAsync(channel, last)
                        : random.Next(2) == 0 ? await node.ListenAsync(channel)
                        : await node.ContinueAsync(channel, 0);
                    continue;
                }
                switch (random.Next(4))
                {
                    case 0:
                        run.Leave();
                        held[run.Subscription.Channel] = run.Last;
                        runs.Add((node, run, true));
                        run = null;
                        break;
                    case 1:
                        run.Stall();
                        break;
                    case 2:
                        await run.RecoverAsync();
                        break;
                    default:
                        // Lets the others do something: as long as one look at the database takes.
                        await node.Log.HeadsAsync(channels, Cancelled);
                        break;
                }
            }
            if (run is not null)
                runs.Add((node, run, false));
        }

        private async Task CutAsync()
        {
            for (var i = 0; i < 5; i++)
                await CutListenersAsync(database);
        }
    }
}
