using Renexus.Engine.Changes;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

[Trait("spec", "RT-5")]
public sealed class RetentionTests(TestDatabase database) : LogTest(database)
{
    [Fact]
    public async Task CH9_what_is_past_its_time_goes_in_batches_and_the_channels_position_stays()
    {
        var channel = NewChannel();
        await AppendAsync([.. Enumerable.Range(0, 10).Select(_ => Say(channel))]);
        await AgeAsync(channel, upTo: 7);

        Assert.Equal(5, await Log.TrimAsync(Now.AddDays(-30), 5, Cancelled));
        Assert.Equal(2, await Log.TrimAsync(Now.AddDays(-30), 5, Cancelled));
        Assert.Equal(0, await Log.TrimAsync(Now.AddDays(-30), 5, Cancelled));

        Assert.Equal([8, 9, 10], (await ReadAsync(channel)).Select(change => change.Version));
        Assert.Equal(8, await Log.OldestAsync(channel, Cancelled));
        Assert.Equal(10, (await HeadAsync(channel)).Version);
        Assert.Equal(11, Assert.Single(await AppendAsync(Say(channel))).Version);
    }

    [Fact]
    public async Task CH9_what_is_kept_has_no_gap_though_times_are_not_in_the_order_of_versions()
    {
        var channel = NewChannel();
        await AppendAsync([.. Enumerable.Range(0, 6).Select(_ => Say(channel))]);
        await AgeAsync(channel, upTo: 4);
        // The clock of the node that wrote the third was a little ahead.
        await SqlAsync("update engine.change set at = now() where channel_id = $1 and version = 3", channel.Id);

        await Log.TrimAsync(Now.AddDays(-30), 2, Cancelled);
        var afterOneBatch = await ReadAsync(channel);
        while (await Log.TrimAsync(Now.AddDays(-30), 2, Cancelled) >= 2)
        {
        }

        Assert.Equal([3, 4, 5, 6], afterOneBatch.Select(change => change.Version));
        Assert.Equal([5, 6], (await ReadAsync(channel)).Select(change => change.Version));
    }

    [Fact]
    public async Task CH9_a_channel_of_which_nothing_is_kept_has_no_oldest_version()
    {
        var channel = NewChannel();
        await AppendAsync(Say(channel));
        await AgeAsync(channel, upTo: 1);

        await Log.TrimAsync(Now.AddDays(-30), 100, Cancelled);

        Assert.Null(await Log.OldestAsync(channel, Cancelled));
        Assert.Equal(1, (await HeadAsync(channel)).Version);
    }

    private Task AgeAsync(ChannelId channel, long upTo) => SqlAsync(
        "update engine.change set at = $2::timestamptz + version * interval '1 second' where channel_id = $1 and version <= $3",
        channel.Id, Now.AddDays(-31).UtcDateTime, upTo);
}
