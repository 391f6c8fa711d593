using System.Net;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>Entries are written with what they record, take their place once, and are nobody's to change.</summary>
[Trait("spec", "SE-4")]
[Trait("security", "SEC-AUD-01")]
public sealed class AuditLogTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    [Fact, Trait("security", "SEC-AUD-02")]
    public async Task An_entry_and_the_change_beside_it_commit_together_or_not_at_all()
    {
        var workspace = Guid.CreateVersion7();
        var channel = new ChannelId(2, workspace);
        foreach (var commits in new[] { false, true })
        {
            await using var work = await database.Database.BeginAsync(Scope.In(workspace), CancellationToken.None);
            work.Record(Entry(workspace));
            work.Announce(new NewChange(channel, workspace, ChangeOp.Update, "workspace", workspace, "{}"u8.ToArray(), null, null));
            work.Record(Entry(workspace));
            if (commits)
                Assert.Equal(1, Assert.Single(await work.CommitAsync(Now)).Version);
        }

        Assert.Equal(2L, await ScalarAsync($"select count(*) from engine.audit_entry where workspace_id = '{workspace}'"));
        Assert.Equal(1L, await ScalarAsync($"select count(*) from engine.change where workspace_id = '{workspace}'"));
    }

    [Fact, Trait("security", "SEC-AUD-02")]
    public async Task What_cannot_be_recorded_does_not_happen()
    {
        var (mine, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var work = await database.Database.BeginAsync(Scope.In(mine), CancellationToken.None);
        work.Announce(new NewChange(new ChannelId(2, mine), mine, ChangeOp.Update, "workspace", mine, "{}"u8.ToArray(), null, null));
        work.Record(Entry(theirs));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => work.CommitAsync(Now));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        await work.DisposeAsync();
        Assert.Equal(0L, await ScalarAsync($"select count(*) from engine.change where workspace_id = '{mine}'"));
    }

    [Fact]
    public async Task Origin_and_time_are_taken_from_whoever_asks()
    {
        var workspace = Guid.CreateVersion7();
        var (actor, session, key) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        Origin.Current = new Origin(actor, session, key, IPAddress.Parse("::ffff:192.0.2.7"), new string('x', 500), "trace-1");
        await database.Database.RecordAsync(Entry(workspace), Now, CancellationToken.None);

        Assert.Equal($"{actor} {session} {key} 192.0.2.7 400 trace-1 2026-11-21 07:00:00+00", await ScalarAsync($"""
            select concat_ws(' ', actor_id, session_id, key_id, address, length(device), correlation_id, at) from engine.audit_entry where workspace_id = '{workspace}'
            """));
    }

    [Theory]
    [InlineData("update engine.audit_entry set action = 'x'")]
    [InlineData("delete from engine.audit_entry")]
    [InlineData("truncate engine.audit_entry")]
    [InlineData("update engine.audit_entry set seq = 1, hash = sha256('x')")]
    [InlineData("insert into engine.audit_entry (id, chain, at, action, resource, seq, hash) values (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', now(), 'x', 'x', 1, sha256('x'))")]
    [InlineData("insert into engine.audit_entry (id, chain, at, action, resource, origin_digest) values (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', now(), 'x', 'x', sha256('x'))")]
    [InlineData("update engine.audit_chain set seq = 0")]
    [InlineData("select * from engine.audit_chain")]
    [InlineData("delete from engine.audit_checkpoint")]
    [InlineData("select engine.seal_audit(1)")]
    public async Task The_application_can_neither_change_nor_seal_nor_remove(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            database.Database.ExecuteAsync(Scope.None, new Command("test.forbidden", statement), [], CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [InlineData("update engine.audit_entry set action = 'x'")]
    [InlineData("delete from engine.audit_entry")]
    [InlineData("update engine.audit_chain set seq = 0")]
    [InlineData("update engine.audit_checkpoint set seq = 0")]
    [InlineData("delete from engine.audit_checkpoint")]
    public async Task Nor_can_the_logs_reader_that_seals(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            database.Database.ExecuteLogAsync(new Command("test.forbidden", statement), [], CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Places_have_no_gaps_however_many_write_and_seal_at_once()
    {
        using var trail = new AuditTrail(database);

        await Task.WhenAll(
            Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, _) => await trail.WriteAsync(40)),
            Parallel.ForEachAsync(Enumerable.Range(0, 3), async (_, _) =>
            {
                for (var i = 0; i < 10; i++)
                    await trail.SealAsync();
            }));
        await trail.SealAsync();

        var verdict = await trail.VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(320, verdict.Entries);
    }

    [Fact]
    public async Task A_transaction_that_is_open_keeps_nobodys_entries_from_their_seal()
    {
        using var trail = new AuditTrail(database);
        await using var slow = await database.Database.BeginAsync(Scope.In(trail.Workspace), CancellationToken.None);
        await slow.QueryFirstAsync(new Query<int>("test.hold", """
            with written as (
              insert into engine.audit_entry (id, chain, workspace_id, at, action, resource) values ($1, $2, $2, now(), 'thread.created', 'thread') returning 1)
            select 1 from written
            """), [Guid.CreateVersion7(), trail.Workspace], CancellationToken.None);
        await trail.WriteAsync(2);
        await trail.SealAsync();
        Assert.Equal(2, (await trail.VerifyAsync()).Entries);

        await slow.CommitAsync(Now);
        await trail.SealAsync();

        var verdict = await trail.VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(3, verdict.Entries);
    }

    [Fact]
    public void The_hashed_bytes_are_pinned()
    {
        // Computed with Python's hashlib from the description in docs/security/audit.md.
        var chain = Guid.Parse("0199aa00-0000-7000-8000-000000000001");
        var salt = Guid.Parse("0199aa00-0000-4000-8000-0000000000aa");
        var entry = new SealedEntry(
            1, chain, 1, Guid.Parse("0199aa00-0000-7000-8000-000000000002"), chain, null, DateTimeOffset.Parse("2026-11-21T07:00:00.123456Z"),
            Guid.Parse("0199aa00-0000-7000-8000-000000000003"), null, null, "thread.updated", "thread", Guid.Parse("0199aa00-0000-7000-8000-000000000004"),
            "trace", "192.0.2.7", null, salt, """{"title":"日"}""", null, salt,
            AuditHash.OriginDigest(salt, "192.0.2.7", null), AuditHash.ContentDigest(salt, """{"title":"日"}""", null), [], null);

        Assert.Equal("f2b0f51cdec73609a0d562b469fc96bc52584af73333167ede6be754d2ef6ede", Convert.ToHexStringLower(AuditHash.Beginning(chain)));
        Assert.Equal("e7aa34c75055c8bd08e96b8d90305c822d93d155035a885894d5f547d04ce224", Convert.ToHexStringLower(entry.OriginDigest));
        Assert.Equal("8f21087cdb347822db274dcb5304c255ae6e97490d0ce2b61923811256dc8a0d", Convert.ToHexStringLower(entry.ContentDigest));
        Assert.Equal("599c8a1df3d0765e29a939886af4cd25dce8203a758cc0fdf09b33bea16d43f4", Convert.ToHexStringLower(AuditHash.Of(AuditHash.Beginning(chain), entry)));
    }

    private static AuditEntry Entry(Guid workspace) => new("thread.created", "thread", Guid.CreateVersion7()) { WorkspaceId = workspace };

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
