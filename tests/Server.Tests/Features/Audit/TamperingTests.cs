using System.Security.Cryptography;
using Dapper;
using Renexus.Engine.Audit;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>Whatever the owner of the database does to the trail, the verifier finds it.</summary>
[Trait("spec", "SE-4")]
[Trait("security", "SEC-AUD-03")]
public sealed class TamperingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_trail_that_nobody_touched_holds()
    {
        using var trail = new AuditTrail(database);
        var checkpoint = await trail.FillAsync(20);
        await trail.WriteAsync(3);
        await trail.SealAsync();

        var verdict = await trail.VerifyAsync(checkpoint);

        Assert.Empty(verdict.Findings);
        Assert.Equal((1, 23L, 0L), (verdict.Chains, verdict.Entries, verdict.Erased));
        Assert.Equal(2, verdict.Checkpoints);
    }

    [Theory]
    [InlineData("workspace_id = null")]
    [InlineData("person_id = gen_random_uuid()")]
    [InlineData("at = at + interval '1 microsecond'")]
    [InlineData("actor_id = null")]
    [InlineData("session_id = gen_random_uuid()")]
    [InlineData("key_id = null")]
    [InlineData("action = 'thread.created'")]
    [InlineData("resource = 'message'")]
    [InlineData("resource_id = gen_random_uuid()")]
    [InlineData("correlation_id = 'another'")]
    [InlineData("origin_digest = sha256('x')")]
    [InlineData("content_digest = sha256('x')")]
    [InlineData("id = gen_random_uuid()")]
    [InlineData("address = '192.0.2.1'")]
    [InlineData("device = null")]
    [InlineData("before = null")]
    [InlineData("after = '{\"title\":\"harmless\"}'")]
    [InlineData("before = after, after = before")]
    public async Task An_edited_entry_is_found(string edit)
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync($"""
            alter table engine.audit_entry drop constraint if exists audit_entry_check;
            update engine.audit_entry set {edit} where chain = @Workspace and seq = 5
            """);

        Assert.StartsWith("5: ", await trail.FindAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_moved_from_before_to_the_device_is_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(3);

        await trail.AsOwnerAsync("update engine.audit_entry set address = address || device, device = null where chain = @Workspace and seq = 2");

        Assert.Equal("2: address or device were changed", await trail.FindAsync());
    }

    [Fact]
    public async Task A_deleted_entry_is_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync("delete from engine.audit_entry where chain = @Workspace and seq = 5");

        Assert.Equal("5: the entry is missing", await trail.FindAsync());
    }

    [Fact]
    public async Task A_deleted_entry_whose_gap_was_closed_is_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync("""
            delete from engine.audit_entry where chain = @Workspace and seq = 5;
            update engine.audit_entry set seq = -seq where chain = @Workspace and seq > 5;
            update engine.audit_entry set seq = -seq - 1 where chain = @Workspace and seq < 0;
            update engine.audit_chain set seq = seq - 1 where chain = @Workspace
            """);

        Assert.StartsWith("5: the entry was changed", await trail.FindAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reordered_entries_are_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync("""
            update engine.audit_entry set seq = -4 where chain = @Workspace and seq = 4;
            update engine.audit_entry set seq = 4 where chain = @Workspace and seq = 6;
            update engine.audit_entry set seq = 6 where chain = @Workspace and seq = -4
            """);

        var found = await trail.FindAsync();
        Assert.Contains("4: the entry was changed, or stands where another stood", found, StringComparison.Ordinal);
        Assert.Contains("6: the entry was changed, or stands where another stood", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_inserted_entry_is_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        // As well made as it can be: its own hash is right.
        await trail.AsOwnerAsync("""
            update engine.audit_entry set seq = -seq where chain = @Workspace and seq > 5;
            update engine.audit_entry set seq = -seq + 1 where chain = @Workspace and seq < 0;
            insert into engine.audit_entry (id, chain, workspace_id, at, action, resource) values (gen_random_uuid(), @Workspace, @Workspace, now(), 'member.added', 'member');
            update engine.audit_entry e set seq = 6, hash = sha256('x'), origin_digest = engine.audit_origin(e), content_digest = engine.audit_content(e)
            where chain = @Workspace and seq is null;
            update engine.audit_entry e
            set hash = engine.audit_hash((select p.hash from engine.audit_entry p where p.chain = @Workspace and p.seq = 5), e)
            where chain = @Workspace and seq = 6;
            update engine.audit_chain set seq = seq + 1 where chain = @Workspace
            """);

        Assert.StartsWith("7: the entry was changed", await trail.FindAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync("delete from engine.audit_entry where chain = @Workspace and seq > 6");

        Assert.StartsWith("7: the end was cut off: the chain stood at 9", await trail.FindAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_with_every_trace_in_the_database_is_found_by_a_checkpoint_kept_elsewhere()
    {
        using var trail = new AuditTrail(database);
        var checkpoint = await trail.FillAsync(9);

        await trail.AsOwnerAsync("""
            delete from engine.audit_entry where chain = @Workspace and seq > 6;
            delete from engine.audit_checkpoint where chain = @Workspace;
            update engine.audit_chain set seq = 6, hash = (select hash from engine.audit_entry where chain = @Workspace and seq = 6) where chain = @Workspace
            """);

        Assert.Equal("", await trail.FindAsync());
        Assert.StartsWith("7: the end was cut off: the checkpoint of", await trail.FindAsync(checkpoint), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trail_that_was_removed_altogether_is_found_by_a_checkpoint_kept_elsewhere()
    {
        using var trail = new AuditTrail(database);
        var checkpoint = await trail.FillAsync(4);

        await trail.AsOwnerAsync("""
            delete from engine.audit_entry where chain = @Workspace; delete from engine.audit_checkpoint where chain = @Workspace;
            delete from engine.audit_chain where chain = @Workspace
            """);

        Assert.StartsWith("1: the end was cut off", await trail.FindAsync(checkpoint), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trail_that_was_written_anew_is_found_by_a_checkpoint()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        // An entry is changed and the whole chain sealed again, as the sealer would have.
        await trail.AsOwnerAsync("""
            update engine.audit_entry set action = 'thread.created', seq = null, hash = null where chain = @Workspace and seq = 5;
            update engine.audit_entry set seq = null, hash = null where chain = @Workspace;
            delete from engine.audit_chain where chain = @Workspace
            """);
        await trail.SealAsync();

        Assert.Contains("9: the chain was rewritten", await trail.FindAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_checkpoint_does_not_count()
    {
        using var trail = new AuditTrail(database);
        using var stranger = new AuditTrail(database);
        var checkpoint = await trail.FillAsync(3);
        var hash = SHA256.HashData("x"u8);

        Assert.Contains("not signed", await trail.FindAsync(checkpoint with { Seq = 2 }), StringComparison.Ordinal);
        Assert.Contains("not signed", await trail.FindAsync(checkpoint with { Hash = Convert.ToHexStringLower(hash) }), StringComparison.Ordinal);
        Assert.Contains("not signed", await trail.FindAsync(checkpoint with { At = checkpoint.At.AddDays(1) }), StringComparison.Ordinal);
        Assert.Contains("not signed", await trail.FindAsync(checkpoint with { Signature = "" }), StringComparison.Ordinal);
        Assert.Contains("not trusted", await trail.FindAsync(Checkpoint.Sign(trail.Workspace, 3, hash, TimeProvider.System.GetUtcNow(), stranger.Key)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_that_were_kept_from_their_seal_are_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(3);
        await trail.WriteAsync(1, at: TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2));
        await trail.WriteAsync(1);

        Assert.Equal(": 1 entry waits for a seal for more than 60 s", await trail.FindAsync());
        await trail.SealAsync();
        Assert.Equal("", await trail.FindAsync());
    }

    [Fact, Trait("security", "SEC-AUD-04")]
    public async Task An_entry_of_an_unknown_form_is_told_and_walked_past()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(9);

        await trail.AsOwnerAsync("""
            update engine.audit_entry set form = 2 where chain = @Workspace and seq = 3;
            update engine.audit_entry set action = 'thread.created' where chain = @Workspace and seq = 7
            """);

        var found = await trail.FindAsync();
        Assert.Contains("3: the entry has form 2", found, StringComparison.Ordinal);
        Assert.Contains("7: the entry was changed", found, StringComparison.Ordinal);
    }

    [Fact, Trait("security", "SEC-AUD-05"), Trait("spec", "OR-4")]
    public async Task A_persons_values_can_be_erased_and_the_proof_stays()
    {
        using var trail = new AuditTrail(database);
        var person = Guid.CreateVersion7();
        await trail.WriteAsync(3, person);
        await trail.WriteAsync(2);
        await trail.SealAsync();
        // One that is not sealed yet goes the same way.
        await trail.WriteAsync(1, person);

        await using (var work = await database.Database.BeginAsync(Scope.Of(person), CancellationToken.None))
        {
            var entry = new AuditEntry("account.deleted", "account", person) { Id = Guid.CreateVersion7(), Person = person, WithoutOrigin = true };
            work.Record(entry);
            await work.ExecuteAsync(new Command("test.erase", "select engine.erase_audit($1, $2)"), [person, entry.Id!.Value], CancellationToken.None);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }

        await trail.SealAsync();
        var verdict = await trail.VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal((6L, 4L), (verdict.Entries, verdict.Erased));
        Assert.Equal(0, await CountAsync($"actor_id = '{person}' and (address is not null or device is not null or origin_salt is not null)"));
        Assert.Equal(2, await CountAsync($"chain = '{trail.Workspace}' and address is not null"));
    }

    [Fact, Trait("spec", "OR-4")]
    public async Task Erasing_and_sealing_take_entries_in_one_order_so_that_neither_ends_the_other()
    {
        using var one = new AuditTrail(database);
        using var two = new AuditTrail(database);
        var (first, second) = string.CompareOrdinal($"{one.Workspace}", $"{two.Workspace}") < 0 ? (one, two) : (two, one);
        var person = Guid.CreateVersion7();
        // Written in another order than that of their chains.
        await first.WriteAsync(1, person);
        await second.WriteAsync(1, person);
        await first.WriteAsync(1, person);

        await using var sealing = await database.Login.OpenConnectionAsync();
        await using var transaction = await sealing.BeginTransactionAsync();
        await sealing.ExecuteAsync(
            "update engine.audit_entry set form = form where id = (select id from engine.audit_entry where chain = @Workspace order by id desc limit 1)", new { first.Workspace });
        var erasing = database.Database.ExecuteAsync(
            Scope.Of(person), new Command("test.erase", "select engine.erase_audit($1, $2)"), [person, Guid.CreateVersion7()], CancellationToken.None);
        await Eventually.TrueAsync("the erasure waits for what is being sealed", TimeSpan.FromSeconds(60), async () =>
        {
            await using var command = database.Login.CreateCommand($"select count(*) from pg_stat_activity where {sealing.ProcessID} = any (pg_blocking_pids(pid))");
            return (long)(await command.ExecuteScalarAsync())! > 0;
        });
        await sealing.ExecuteAsync("update engine.audit_entry set form = form where chain = @Workspace", new { second.Workspace });
        await transaction.CommitAsync();
        await erasing;

        Assert.Equal(0, await CountAsync($"actor_id = '{person}' and address is not null"));
    }

    [Fact, Trait("security", "SEC-AUD-05")]
    public async Task Nobody_erases_another_persons_values()
    {
        using var trail = new AuditTrail(database);
        var (person, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await trail.WriteAsync(1, person);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.Database.ExecuteAsync(
            Scope.Of(other), new Command("test.erase", "select engine.erase_audit($1, $2)"), [person, Guid.CreateVersion7()], CancellationToken.None));
        Assert.Equal(1, await CountAsync($"actor_id = '{person}' and address is not null"));
    }

    [Fact, Trait("security", "SEC-AUD-05")]
    public async Task Values_that_were_taken_away_without_a_deleted_account_are_found()
    {
        using var trail = new AuditTrail(database);
        await trail.FillAsync(5);

        await trail.AsOwnerAsync("update engine.audit_entry set before = null, after = null, content_salt = null where chain = @Workspace and seq = 2");
        Assert.Equal("2: before or after were changed", await trail.FindAsync());

        await trail.AsOwnerAsync("update engine.audit_entry set erased_by = gen_random_uuid() where chain = @Workspace and seq = 2");
        Assert.Contains("without the deletion of an account", await trail.FindAsync(), StringComparison.Ordinal);
    }

    private async Task<long> CountAsync(string where)
    {
        await using var command = database.Login.CreateCommand($"select count(*) from engine.audit_entry where {where}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
