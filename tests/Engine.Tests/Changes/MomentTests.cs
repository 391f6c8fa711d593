using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

/// <summary>A moment tells what came before it from what came after, whoever began first.</summary>
[Trait("spec", "SY-2")]
public sealed class MomentTests(TestDatabase database) : LogTest(database)
{
    private const string TouchSql = "select engine.append(array[3]::smallint[], array[$1]::uuid[], array[null]::uuid[], array[1]::smallint[], "
        + "array['note'], array[$1]::uuid[], array['{}'], array[null]::uuid[], array[null]::text[], now())";

    [Fact]
    public async Task CH14_what_was_begun_before_a_moment_and_committed_after_it_comes_after_it()
    {
        var (slow, fast) = (NewChannel(), NewChannel());
        await using var connection = await Postgres.Login.OpenConnectionAsync(Cancelled);
        await using var late = await connection.BeginTransactionAsync(Cancelled);
        await using (var touch = new NpgsqlCommand(TouchSql, connection, late) { Parameters = { new() { Value = slow.Id } } })
            await touch.ExecuteNonQueryAsync(Cancelled);
        await AppendAsync(Say(fast, "before"));

        var moment = await Log.NowAsync(Cancelled);
        await late.CommitAsync(Cancelled);
        await AppendAsync(Say(fast, "after"));
        var now = await Log.NowAsync(Cancelled);
        await AppendAsync(Say(fast, "later still"));

        var moved = await Log.MovedAsync([slow, fast], moment, far: 100, Cancelled);
        var between = await Log.BetweenAsync([(slow, 0), (fast, 0)], moment, now, limit: 10, Cancelled);
        Assert.Equal(new[] { slow, fast }.Order(ByChannel), moved.Select(m => m.Channel));
        Assert.Equal([1L], between.Where(change => change.Channel == slow).Select(change => change.Version));
        Assert.Equal([2L], between.Where(change => change.Channel == fast).Select(change => change.Version));
        Assert.Empty(await Log.BetweenAsync([(slow, 0), (fast, 0)], now, now, limit: 10, Cancelled));
    }

    [Fact]
    public async Task CH14_no_change_is_left_out_and_none_comes_twice_however_many_commit_meanwhile()
    {
        var channels = Enumerable.Range(0, 5).Select(_ => NewChannel()).ToArray();
        var moment = await Log.NowAsync(Cancelled);
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 60; i++)
                await AppendAsync(Say(channels[random.Next(channels.Length)]), Say(channels[random.Next(channels.Length)]));
        })));

        var seen = new List<(ChannelId, long)>();
        bool isOver;
        do
        {
            isOver = writing.IsCompleted;
            var now = await Log.NowAsync(Cancelled);
            var page = await Log.BetweenAsync([.. channels.Select(channel => (channel, 0L))], moment, now, limit: 10_000, Cancelled);
            seen.AddRange(page.Select(change => (change.Channel, change.Version)));
            moment = now;
        }
        while (!isOver);

        foreach (var channel in channels)
        {
            var head = (await HeadAsync(channel)).Version;
            Assert.Equal(Enumerable.Range(1, (int)head).Select(i => (long)i), seen.Where(s => s.Item1 == channel).Select(s => s.Item2));
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("1:1:", true)]
    [InlineData("5:9:5,7", true)]
    [InlineData("5:9:7,5", false)]
    [InlineData("5:9:9", false)]
    [InlineData("9:5:", false)]
    [InlineData("1:2:3:4", false)]
    [InlineData("-1:2:", false)]
    public void CH14_only_what_is_a_moment_is_read_as_one(string text, bool isOne) => Assert.Equal(isOne, Moment.TryParse(text, out _));

    private static readonly Comparer<ChannelId> ByChannel = Comparer<ChannelId>.Create((x, y) => x.Id.CompareTo(y.Id));
}
