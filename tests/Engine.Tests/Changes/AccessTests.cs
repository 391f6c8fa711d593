using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

[Trait("spec", "DB-4")]
public sealed class AccessTests(TestDatabase database) : LogTest(database)
{
    private static readonly Query<Guid> Visible = new("test.visible", "select resource_id from engine.change");

    [Fact]
    public async Task CH13_the_application_reads_the_changes_of_its_scope_and_its_own_alone()
    {
        var (me, somebody) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var inWorkspace = Say(NewChannel());
        var elsewhere = Say(NewChannel()) with { WorkspaceId = Guid.CreateVersion7() };
        var mine = Say(new(1, me)) with { WorkspaceId = null };
        var theirs = Say(new(1, somebody)) with { WorkspaceId = null };
        var byMe = Say(new(1, somebody), actor: me) with { WorkspaceId = null };
        await using (var work = await Database.BeginAsync(Scope.In(Workspace, elsewhere.WorkspaceId.Value), Cancelled))
        {
            foreach (var change in (Engine.Changes.NewChange[])[inWorkspace, elsewhere, mine, theirs, byMe])
                work.Announce(change);
            await work.CommitAsync(Now);
        }

        Assert.Equal([inWorkspace.ResourceId], await Database.QueryAsync(Scope.In(Workspace), Visible, [], Cancelled));
        Assert.Equal(
            new[] { mine.ResourceId, byMe.ResourceId }.Order(), (await Database.QueryAsync(Scope.Of(me), Visible, [], Cancelled)).Order());
        Assert.Empty(await Database.QueryAsync(Scope.None, Visible, [], Cancelled));
    }

    [Theory]
    [InlineData("update engine.change set data = '{}'")]
    [InlineData("delete from engine.change")]
    [InlineData("delete from engine.channel")]
    [InlineData("select * from engine.session")]
    public async Task CH13_the_application_cannot_rewrite_the_log_nor_see_sessions(string sql)
    {
        await using var command = Postgres.App.CreateCommand(sql);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }
}
