using System.Text;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

[Trait("spec", "RT-5")]
public sealed class GroupAppendTests(TestDatabase database) : LogTest(database)
{
    private static readonly Query<PlacedRow> Post = new(
        "test.post",
        """
        with fresh as materialized (
          select t.ord, 3::smallint as kind, t.channel_id, $3::uuid as workspace_id, 1::smallint as op, 'note' as resource,
                 t.resource_id, null::uuid as actor, null::text as cause, '{"text":"x"' as head, false as is_whole, now() as at
          from unnest($1::uuid[], $2::uuid[]) with ordinality as t (channel_id, resource_id, ord)
        )
        """ + ChangeLog.AppendPlaced + "select p.ord, p.place, p.epoch from placed p");

    [Fact]
    public async Task CH11_each_item_takes_its_place_in_the_order_given_and_its_json_ends_with_it()
    {
        var (one, other) = (NewChannel(), NewChannel());
        await AppendAsync(Say(one));

        var ids = await PostAsync(one, other, one, one, other);

        var log = await ReadAsync(one, after: 1);
        Assert.Equal([2, 3, 4], log.Select(change => change.Version));
        Assert.Equal([ids[0], ids[2], ids[3]], log.Select(change => change.ResourceId));
        Assert.Equal("""{"text":"x","version":4}""", Encoding.UTF8.GetString(log[2].Data.Span));
        Assert.Equal([ids[1], ids[4]], (await ReadAsync(other)).Select(change => change.ResourceId));
    }

    [Fact]
    public async Task CH11_group_commits_and_single_transactions_share_the_channels_without_gap_or_deadlock()
    {
        var channels = Enumerable.Range(0, 4).Select(_ => NewChannel()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 25; i++)
            {
                var order = channels.Concat(channels).ToArray();
                random.Shuffle(order);
                if (writer % 2 == 0)
                    await PostAsync(order);
                else
                    await AppendAsync([.. order.Select(channel => Say(channel))]);
            }
        })));

        foreach (var channel in channels)
            Assert.Equal(Enumerable.Range(1, 8 * 25 * 2).Select(i => (long)i), (await ReadAsync(channel)).Select(change => change.Version));
    }

    private async Task<Guid[]> PostAsync(params ChannelId[] channels)
    {
        var ids = channels.Select(_ => Guid.CreateVersion7()).ToArray();
        var rows = await Database.QueryAsync(Scope.In(Workspace), Post, [channels.Select(c => c.Id).ToArray(), ids, Workspace], Cancelled);
        Assert.Equal(channels.Length, rows.Count);
        return ids;
    }

    private sealed record PlacedRow(long Ord, long Place, long Epoch);
}
