using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

[Trait("spec", "RT-5")]
public sealed class AppendTests(TestDatabase database) : LogTest(database)
{
    private const string TouchSql = "select engine.append(array[$1]::smallint[], array[$2]::uuid[], array[null]::uuid[], array[1]::smallint[], "
        + "array['note'], array[$2]::uuid[], array['{}'], array[null]::uuid[], array[null]::text[], now())";

    [Fact]
    public async Task CH1_concurrent_appends_on_one_channel_are_numbered_without_a_gap()
    {
        var channel = NewChannel();

        var placed = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => AppendAsync(Say(channel, $"{i}")))));

        Assert.Equal(Numbers(200), placed.Select(changes => Assert.Single(changes).Version).Order());
        var log = await ReadAsync(channel);
        Assert.Equal(Numbers(200), log.Select(change => change.Version));
        // Each writer was told the place at which its own change stands.
        var byVersion = log.ToDictionary(change => change.Version, change => change.ResourceId);
        Assert.All(placed, changes => Assert.Equal(changes[0].ResourceId, byVersion[changes[0].Version]));
        Assert.Equal(200, (await HeadAsync(channel)).Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task CH1_many_writers_on_many_channels_leave_no_gap_though_some_roll_back(int seed)
    {
        var channels = Enumerable.Range(0, 6).Select(_ => NewChannel()).ToArray();

        var committed = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + writer);
            var mine = new List<Change>();
            for (var i = 0; i < 40; i++)
            {
                await using var work = await Database.BeginAsync(Scope.In(Workspace), Cancelled);
                for (var n = random.Next(1, 5); n > 0; n--)
                    work.Announce(Say(channels[random.Next(channels.Length)]));
                if (random.Next(5) > 0)
                    mine.AddRange(await work.CommitAsync(Now));
            }
            return mine;
        })));

        var expected = committed.SelectMany(mine => mine).GroupBy(change => change.Channel).ToDictionary(
            group => group.Key, group => group.OrderBy(change => change.Version).Select(change => change.ResourceId).ToArray());
        foreach (var channel in channels)
        {
            var log = await ReadAsync(channel);
            Assert.Equal(Numbers(log.Count), log.Select(change => change.Version));
            Assert.Equal(expected[channel], log.Select(change => change.ResourceId));
        }
    }

    [Fact]
    public async Task CH1_who_comes_second_waits_for_the_first_and_takes_its_place_if_it_rolls_back()
    {
        var channel = NewChannel();
        await using var connection = await Postgres.Login.OpenConnectionAsync(Cancelled);
        await using var first = await connection.BeginTransactionAsync(Cancelled);
        await using var append = new NpgsqlCommand(TouchSql, connection, first) { Parameters = { new() { Value = Kind }, new() { Value = channel.Id } } };
        await append.ExecuteNonQueryAsync(Cancelled);

        var second = AppendAsync(Say(channel) with { WorkspaceId = null });
        await BlockedAsync(1);
        Assert.False(second.IsCompleted);
        await first.RollbackAsync(Cancelled);

        Assert.Equal(1, Assert.Single(await second).Version);
    }

    [Fact]
    public async Task CH2_the_changes_of_a_transaction_take_consecutive_places_in_the_order_announced()
    {
        var (one, other) = (NewChannel(), NewChannel());
        await AppendAsync(Say(one));

        var placed = await AppendAsync(Say(other, "a"), Say(one, "b"), Say(other, "c"), Say(one, "d"), Say(one, "e"));

        Assert.Equal([1, 2, 2, 3, 4], placed.Select(change => change.Version));
        Assert.Equal([other, one, other, one, one], placed.Select(change => change.Channel));
        Assert.Equal(placed.Where(c => c.Channel == one).Select(c => c.ResourceId), (await ReadAsync(one, after: 1)).Select(c => c.ResourceId));
    }

    [Fact]
    public async Task CH3_transactions_that_announce_on_the_same_channels_in_any_order_never_deadlock()
    {
        var channels = Enumerable.Range(0, 5).Select(_ => NewChannel()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 30; i++)
            {
                var order = channels.ToArray();
                random.Shuffle(order);
                await AppendAsync([.. order.Select(channel => Say(channel))]);
            }
        })));

        Assert.All(await Task.WhenAll(channels.Select(HeadAsync)), head => Assert.Equal(240, head.Version));
    }

    [Fact]
    public async Task CH4_a_transaction_without_a_commit_leaves_nothing()
    {
        var channel = NewChannel();
        await using (var work = await Database.BeginAsync(Scope.In(Workspace), Cancelled))
        {
            work.Announce(Say(channel));
        }

        Assert.Empty(await ReadAsync(channel));
        Assert.Equal(0, (await HeadAsync(channel)).Version);
    }

    [Fact]
    public async Task CH4_a_change_that_may_not_be_appended_takes_the_whole_transaction_with_it()
    {
        var (mine, foreign) = (NewChannel(), NewChannel());

        // The second belongs to a workspace that this transaction has nothing to do with.
        await Assert.ThrowsAsync<PostgresException>(() => AppendAsync(Say(mine), Say(foreign) with { WorkspaceId = Guid.CreateVersion7() }));

        Assert.Empty(await ReadAsync(mine));
        Assert.Equal(1, Assert.Single(await AppendAsync(Say(mine))).Version);
    }

    [Fact]
    public async Task CH10_a_channel_keeps_the_epoch_that_it_had_before_its_first_change()
    {
        var channel = NewChannel();
        var before = await HeadAsync(channel);

        var first = Assert.Single(await AppendAsync(Say(channel)));
        var second = Assert.Single(await AppendAsync(Say(channel)));

        Assert.Equal(0, before.Version);
        Assert.NotEqual(0, before.Epoch);
        Assert.Equal(before.Epoch, first.Epoch);
        Assert.Equal(first.Epoch, second.Epoch);
        Assert.Equal(new Position(2, first.Epoch), await HeadAsync(channel));
        Assert.All(await ReadAsync(channel), change => Assert.Equal(first.Epoch, change.Epoch));
    }

    [Fact]
    public async Task CH12_reading_after_a_version_is_in_order_and_bounded_for_each_channel()
    {
        var (one, other) = (NewChannel(), NewChannel());
        for (var i = 0; i < 5; i++)
            await AppendAsync(Say(one), Say(other));

        var read = await Log.AfterAsync([(one, 1), (other, 3)], 3, Cancelled);

        Assert.Equal([2, 3, 4], read.Where(change => change.Channel == one).Select(change => change.Version));
        Assert.Equal([4, 5], read.Where(change => change.Channel == other).Select(change => change.Version));
    }

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(i => (long)i);
}
