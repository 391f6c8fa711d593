using Npgsql;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

[Trait("spec", "RT-6")]
public sealed class CauseTests(TestDatabase database) : LogTest(database)
{
    [Fact]
    public async Task CH6_of_many_transactions_with_one_cause_exactly_one_commits()
    {
        var (channel, actor) = (NewChannel(), Guid.CreateVersion7());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            try
            {
                return Assert.Single(await AppendAsync(Say(channel, actor: actor, cause: "the-same"))).Version;
            }
            catch (PostgresException e) when (e.ConstraintName == "change_cause_key")
            {
                return (long?)null;
            }
        })));

        Assert.Equal(1, Assert.Single(outcomes, outcome => outcome is not null));
        Assert.Equal(1, Assert.Single(await ReadAsync(channel)).Version);
        Assert.Equal(1, (await HeadAsync(channel)).Version);
    }

    [Fact]
    public async Task CH6_a_repeated_cause_takes_what_came_with_it_along()
    {
        var (channel, other, actor) = (NewChannel(), NewChannel(), Guid.CreateVersion7());
        await AppendAsync(Say(channel, actor: actor, cause: "once"));

        await Assert.ThrowsAsync<PostgresException>(() => AppendAsync(Say(other), Say(channel, actor: actor, cause: "once")));

        Assert.Empty(await ReadAsync(other));
        Assert.Equal(1, (await HeadAsync(channel)).Version);
    }

    [Fact]
    public async Task CH6_the_same_cause_of_somebody_else_or_on_another_channel_is_another_one()
    {
        var (channel, other, actor) = (NewChannel(), NewChannel(), Guid.CreateVersion7());

        await AppendAsync(Say(channel, actor: actor, cause: "mine"), Say(other, actor: actor, cause: "mine"));
        await AppendAsync(Say(channel, actor: Guid.CreateVersion7(), cause: "mine"));
        await AppendAsync(Say(channel, actor: actor), Say(channel, actor: actor));

        Assert.Equal(4, (await HeadAsync(channel)).Version);
    }
}
