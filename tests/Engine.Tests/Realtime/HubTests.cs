using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

[Trait("spec", "RT-5")]
public sealed class HubTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static ChannelId NewChannel() => new(3, Guid.CreateVersion7());

    [Fact]
    public async Task RL1_a_commit_is_delivered_at_once_on_its_own_node()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var reader = await node.ListenAsync(channel);

        await node.SayAsync(channel, times: 3);

        // Delivery is part of committing: nothing is waited for.
        Assert.Equal([1, 2, 3], reader.Versions);
    }

    [Fact]
    public async Task CH5_nothing_is_delivered_before_it_is_committed()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await using var login = await database.Login.OpenConnectionAsync(Cancelled);
        await using var count = new Npgsql.NpgsqlCommand("select count(*) from engine.change where channel_id = $1", login);
        count.Parameters.AddWithValue(channel.Id);
        var committed = new List<long>();
        node.Database.Committed += changes => committed.Add(changes.Count * 10 + (long)count.ExecuteScalar()!);

        await using (var work = await node.Database.BeginAsync(Scope.None, Cancelled))
        {
            work.Announce(new NewChange(channel, null, ChangeOp.Create, "note", Guid.CreateVersion7(), "{}"u8.ToArray(), null, null));
        }
        Assert.Empty(committed);
        await node.SayAsync(channel);

        // One change was announced, and another connection saw one row at that moment.
        Assert.Equal([11], committed);
    }

    [Fact]
    public async Task RL2_changes_that_come_in_the_wrong_order_are_delivered_in_the_right_one()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        await using var elsewhere = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var reader = await node.ListenAsync(channel);
        await elsewhere.SayAsync(channel, times: 4);
        var log = await node.Log.AfterAsync([(channel, 0)], 10, Cancelled);

        // Two threads of a node may announce in another order than they committed.
        node.Hub.Publish([log[1]]);
        node.Hub.Publish([log[0]]);
        node.Hub.Publish([log[0], log[1]]);
        node.Hub.Publish([log[3]]);

        await reader.ReachesAsync(4);
        Assert.Equal([1, 2, 3, 4], reader.Versions);
    }

    [Fact]
    public async Task RL3_beginning_live_tells_where_and_the_next_one_follows_without_a_gap()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 7);

        var reader = await node.ListenAsync(channel);
        await node.SayAsync(channel);

        Assert.Equal(7, reader.BeganAfter);
        Assert.Equal([8], reader.Versions);
    }

    [Fact]
    public async Task RL3_beginning_live_while_others_write_neither_misses_nor_repeats()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var writing = Task.Run(() => node.SayAsync(channel, times: 150));
        var readers = new List<Recorder>();
        while (!writing.IsCompleted)
        {
            readers.Add(await node.ListenAsync(channel));
            // As long as one look at the database takes, the writer goes on.
            await node.Log.OldestAsync(channel, Cancelled);
        }
        var last = (await writing).Version;

        foreach (var reader in readers)
        {
            await reader.ReachesAsync(last);
            reader.AssertContiguous();
        }
    }

    [Fact]
    public async Task RL4_who_holds_a_version_gets_the_rest_from_the_log_and_goes_on_live()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 1_203);

        var reader = await node.ContinueAsync(channel, after: 2);
        await node.SayAsync(channel);

        Assert.Equal(1_202, reader.Versions.Length);
        reader.AssertContiguous();
    }

    [Fact]
    public async Task RL4_catching_up_while_others_write_neither_misses_nor_repeats()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var writing = Task.Run(() => node.SayAsync(channel, times: 200));
        var readers = new List<Recorder>();
        while (!writing.IsCompleted)
        {
            readers.Add(await node.ContinueAsync(channel, after: 0));
            await node.Log.OldestAsync(channel, Cancelled);
        }
        var last = (await writing).Version;

        foreach (var reader in readers)
        {
            await reader.ReachesAsync(last);
            reader.AssertContiguous();
        }
    }

    [Fact]
    public async Task RL4_who_is_ahead_of_this_node_is_not_sent_what_it_has()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        await using var elsewhere = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var behind = await node.ListenAsync(channel);
        await elsewhere.SayAsync(channel, times: 3);

        var reader = await node.ContinueAsync(channel, after: 2);
        await node.SayAsync(channel);

        await reader.ReachesAsync(4);
        await behind.ReachesAsync(4);
        Assert.Equal([3, 4], reader.Versions);
        Assert.Equal([1, 2, 3, 4], behind.Versions);
    }

    [Fact, Trait("spec", "RT-7")]
    public async Task RL5_a_slow_reader_is_passed_over_and_gets_what_it_missed_once_it_has_room()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var (slow, quick) = (await node.ListenAsync(channel), await node.ListenAsync(channel));
        await node.SayAsync(channel);

        slow.Stall();
        await node.SayAsync(channel, times: 100);
        Assert.Equal(1, slow.Last);
        Assert.Equal(101, quick.Last);
        await slow.RecoverAsync();
        await node.SayAsync(channel);

        Assert.Equal(102, slow.Last);
        slow.AssertContiguous();
    }

    [Fact, Trait("spec", "RT-7")]
    public async Task RL5_becoming_slow_and_quick_again_at_any_moment_loses_nothing()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var reader = await node.ListenAsync(channel);
        var writing = Task.Run(() => node.SayAsync(channel, times: 300));

        // Two recoveries at once: the one that finds the other at work leaves without doing anything.
        while (!writing.IsCompleted)
        {
            reader.Stall();
            await node.Log.OldestAsync(channel, Cancelled);
            await Task.WhenAll(Task.Run(reader.RecoverAsync, Cancelled), Task.Run(reader.RecoverAsync, Cancelled));
        }
        await writing;

        await reader.ReachesAsync(300);
        reader.AssertContiguous();
    }

    [Fact]
    public async Task RL6_who_lacks_what_is_kept_no_longer_must_begin_anew()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 5);
        await ForgetAsync(channel, upTo: 3);

        var lost = await node.ContinueAsync(channel, after: 2);
        var kept = await node.ContinueAsync(channel, after: 3);
        await node.SayAsync(channel);

        Assert.True(lost.Resynced.IsCompleted);
        Assert.Empty(lost.Versions);
        Assert.False(kept.Resynced.IsCompleted);
        Assert.Equal([4, 5, 6], kept.Versions);
    }

    [Fact]
    public async Task RL6_a_node_that_was_away_for_longer_than_the_log_is_kept_sends_its_readers_to_begin_anew()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        await using var elsewhere = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await elsewhere.SayAsync(channel);
        var reader = await node.ListenAsync(channel);
        await elsewhere.SayAsync(channel, times: 5);
        await ForgetAsync(channel, upTo: 4);

        // The change that this node hears of does not follow on what it has.
        var last = await node.SayAsync(channel);

        await reader.Resynced.WaitAsync(Cancelled);
        Assert.Empty(reader.Versions);
        var again = await node.ListenAsync(channel);
        Assert.Equal(last.Version, again.BeganAfter);
    }

    [Fact]
    public async Task RL6_versions_that_started_over_end_every_subscription_and_nothing_of_them_is_mixed()
    {
        var time = new FakeTime();
        await using var node = await Node.StartAsync(database, time, TimeSpan.FromSeconds(5), hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 3);
        var reader = await node.ListenAsync(channel);
        await time.WaitsForAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)).WaitAsync(Cancelled);

        await SqlAsync("update engine.channel set epoch = epoch + 1 where id = $1", channel.Id);
        await node.SayAsync(channel);

        // The fourth change looks as if it followed, but counts in another epoch: noticed at once, without the clock.
        await reader.Resynced.WaitAsync(Cancelled);
        Assert.Empty(reader.Versions);
        var again = await node.ListenAsync(channel);
        await node.SayAsync(channel);
        Assert.Equal([5], again.Versions);
    }

    [Fact]
    public async Task RL6_versions_that_went_back_are_found_by_the_position_check()
    {
        var time = new FakeTime();
        await using var node = await Node.StartAsync(database, time, TimeSpan.FromSeconds(5), hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 3);
        var reader = await node.ListenAsync(channel);
        await time.WaitsForAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)).WaitAsync(Cancelled);

        await SqlAsync("delete from engine.change where channel_id = $1 and version > 1", channel.Id);
        await SqlAsync("update engine.channel set version = 1 where id = $1", channel.Id);
        time.Advance(TimeSpan.FromSeconds(6));

        await reader.Resynced.WaitAsync(Cancelled);
        var again = await node.ListenAsync(channel);
        await node.SayAsync(channel);
        Assert.Equal([2], again.Versions);
    }

    [Fact]
    public async Task RL7_who_has_left_gets_nothing_more()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var (first, second, third) = (await node.ListenAsync(channel), await node.ListenAsync(channel), await node.ListenAsync(channel));
        await node.SayAsync(channel);

        first.Leave();
        first.Leave();
        await node.SayAsync(channel);
        second.Leave();
        third.Leave();

        Assert.Equal([1], first.Versions);
        Assert.Equal([1, 2], second.Versions);
        Assert.Equal([1, 2], third.Versions);
        Assert.False(node.Hub.HasListeners(channel));
        await node.SayAsync(channel);
        Assert.Equal(3, (await node.ListenAsync(channel)).BeganAfter);
    }

    [Fact]
    public async Task RL7_who_leaves_while_catching_up_gets_nothing_more()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 20);
        var reader = new LeavesAt(node.Hub, channel, version: 5);

        await reader.CatchUpAsync();
        await node.SayAsync(channel);

        Assert.Equal(5, reader.Last);
        Assert.False(node.Hub.HasListeners(channel));
    }

    [Fact]
    public async Task RL7_a_subscriber_that_has_gone_is_let_go()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 2);
        var reader = new Recorder(node.Hub, channel) { IsGone = true };

        await reader.ContinueAsync(after: 0);

        Assert.False(node.Hub.HasListeners(channel));
        Assert.False(reader.Resynced.IsCompleted);
    }

    [Fact]
    public async Task RL7_nothing_is_sent_to_a_subscription_that_has_not_begun()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 2);
        var reader = new Recorder(node.Hub, channel);

        // A socket that has room again catches up on all it has, also on what it is just about to subscribe to.
        await node.Hub.CatchUpAsync(reader.Subscription);
        await node.SayAsync(channel);
        Assert.Empty(reader.Versions);

        await reader.BeginLiveAsync();
        await node.SayAsync(channel);
        Assert.Equal([4], reader.Versions);
    }

    [Fact]
    public async Task RL8_a_watcher_hears_every_change_from_the_position_it_gave()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var position = await node.SayAsync(channel, times: 2);
        await node.SayAsync(channel);
        var watcher = new Watcher();

        node.Hub.Watch(channel, new Position(position.Version, position.Epoch), watcher);
        await node.SayAsync(channel);
        var late = new Watcher();
        node.Hub.Watch(channel, new Position(position.Version, position.Epoch), late);

        await watcher.ReachesAsync(4);
        await late.ReachesAsync(4);
        Assert.Equal([3, 4], watcher.Versions);
        Assert.Equal([3, 4], late.Versions);
        Assert.Equal(0, watcher.Missed);
    }

    [Fact]
    public async Task RL8_a_watcher_that_missed_something_for_good_is_told_and_goes_on()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        await node.SayAsync(channel, times: 4);
        var reader = await node.ListenAsync(channel);
        await ForgetAsync(channel, upTo: 3);
        var watcher = new Watcher();

        node.Hub.Watch(channel, new Position(1, 0), watcher);
        await watcher.MissedSomething.WaitAsync(Cancelled);
        await node.SayAsync(channel);

        Assert.Equal([5], watcher.Versions);
        Assert.Equal([5], reader.Versions);
    }

    [Fact]
    public async Task RL8_a_watcher_survives_that_versions_start_over()
    {
        var time = new FakeTime();
        await using var node = await Node.StartAsync(database, time, TimeSpan.FromSeconds(5), hears: false);
        var channel = NewChannel();
        var first = await node.SayAsync(channel);
        var watcher = new Watcher();
        node.Hub.Watch(channel, new Position(first.Version, first.Epoch), watcher);

        await SqlAsync("update engine.channel set epoch = epoch + 1 where id = $1", channel.Id);
        await node.SayAsync(channel);
        await watcher.MissedSomething.WaitAsync(Cancelled);
        await node.SayAsync(channel);

        Assert.Equal([3], watcher.Versions);
    }

    [Fact]
    public async Task RL9_what_is_ephemeral_goes_to_who_is_live_and_not_slow_and_takes_no_version()
    {
        await using var node = await Node.StartAsync(database, hears: false);
        var channel = NewChannel();
        var (quick, slow, silent) = (await node.ListenAsync(channel), await node.ListenAsync(channel), new Recorder(node.Hub, channel));
        slow.Stall();

        node.Hub.Broadcast(channel, new OutboundMessage("{}"u8, ephemeral: true));
        node.Hub.Broadcast(NewChannel(), new OutboundMessage("{}"u8, ephemeral: true));

        Assert.Equal((1, 0, 0), (quick.Ephemeral, slow.Ephemeral, silent.Ephemeral));
        Assert.Equal(1, (await node.SayAsync(channel)).Version);
    }

    [Fact]
    public async Task RL10_a_hint_that_was_wrong_is_found_out_and_costs_one_look()
    {
        await using var node = await Node.StartAsync(database);
        await using var elsewhere = await Node.StartAsync(database);
        var (channel, other) = (NewChannel(), NewChannel());
        await node.SayAsync(channel);
        var (reader, otherReader) = (await node.ListenAsync(channel), await node.ListenAsync(other));

        elsewhere.Hints.Add(channel, 99);
        await elsewhere.SayAsync(other);
        await otherReader.ReachesAsync(1);
        await elsewhere.SayAsync(channel);

        await reader.ReachesAsync(2);
        Assert.False(reader.Resynced.IsCompleted);
    }

    [Fact]
    public async Task A_hub_can_be_disposed_twice_and_hears_nothing_more()
    {
        await using var node = await Node.StartAsync(database);
        var channel = NewChannel();
        var reader = await node.ListenAsync(channel);
        await node.Hub.DisposeAsync();
        await node.Hub.DisposeAsync();

        await node.SayAsync(channel);

        Assert.Empty(reader.Versions);
    }

    private Task ForgetAsync(ChannelId channel, long upTo) =>
        SqlAsync("delete from engine.change where channel_id = $1 and version <= $2", channel.Id, upTo);

    private async Task SqlAsync(string sql, params object[] parameters)
    {
        await using var command = database.Login.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private sealed class LeavesAt : ISubscriber
    {
        private readonly Hub hub;
        private readonly long version;
        private readonly Subscription subscription;

        public LeavesAt(Hub hub, ChannelId channel, long version)
        {
            (this.hub, this.version) = (hub, version);
            subscription = hub.Join(channel, this);
        }

        public long Last { get; private set; }

        public bool IsSlow => false;

        public Task CatchUpAsync()
        {
            Hub.BeginAfter(subscription, 0);
            return hub.CatchUpAsync(subscription);
        }

        public bool TrySend(OutboundMessage message)
        {
            if (++Last == version)
                hub.Leave(subscription);
            return true;
        }

        public void OnResync(Subscription ended) => Assert.Fail("It left by itself.");
    }

    private sealed class Watcher : IWatcher
    {
        private readonly Lock gate = new();
        private readonly List<long> versions = [];
        private readonly TaskCompletionSource missed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Missed { get; private set; }

        public Task MissedSomething => missed.Task;

        public long[] Versions
        {
            get
            {
                lock (gate)
                    return [.. versions];
            }
        }

        public async Task ReachesAsync(long version)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (versions.Count > 0 && versions[^1] >= version)
                        return;
                    next = changed.Task;
                }
                await next.WaitAsync(Cancelled);
            }
        }

        public void OnChange(Change change)
        {
            lock (gate)
            {
                versions.Add(change.Version);
                changed.SetResult();
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public void OnMissed()
        {
            Missed++;
            missed.TrySetResult();
        }
    }
}
