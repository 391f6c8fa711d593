using Renexus.Engine.Storage;
using Renexus.Engine.Tests.Changes;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Storage;

[Trait("spec", "DB-3")]
public sealed class WorkTests(TestDatabase database) : LogTest(database)
{
    [Fact]
    public async Task A_work_disposed_after_its_commit_leaves_the_next_user_of_its_connection_alone()
    {
        var channel = NewChannel();
        var first = await Database.BeginAsync(Scope.In(Workspace), Cancelled);
        first.Announce(Say(channel));
        await first.CommitAsync(Now);

        // The pool gives the connection that came back last.
        await using var second = await Database.BeginAsync(Scope.In(Workspace), Cancelled);
        second.Announce(Say(channel));
        await first.DisposeAsync();
        await second.CommitAsync(Now);

        Assert.Equal(2, (await HeadAsync(channel)).Version);
    }
}
