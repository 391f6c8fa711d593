using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>Operators see the whole installation's trail, and are seen doing it.</summary>
[Trait("spec", "SE-4")]
public sealed class OpsAuditTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operators_read_everything_and_that_is_recorded_and_nobody_else_does()
    {
        var first = await server.SignedInAs("operator");
        await server.ScalarAsync<object>("update accounts.user_account set is_operator = true where id = $1", first.Id);
        var room = await AuditRoom.MakeAsync(server);
        await room.WriteAsync("thread.created", room.Editor, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());

        await room.Owner.Client.GetAsync("/api/ops/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await server.Anonymous.GetAsync("/api/ops/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await first.Client.GetAsync("/api/ops/audit?limit=x", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");

        var seen = await first.Client.GetAsync("/api/ops/audit?limit=200", Stop).ReadAsync<Page<AuditRecord>>();
        Assert.Contains(seen.Items, entry => entry.Action == "thread.created" && entry.WorkspaceId == room.Workspace && entry.Actor!.Name == "editor");
        Assert.Contains(seen.Items, entry => entry.Action == "audit.read" && entry.WorkspaceId is null && entry.Actor!.Id == first.Id);

        // As a file, found by the same filters, and recorded too.
        await room.Owner.Client.GetAsync("/api/ops/audit/export", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await server.Anonymous.GetAsync("/api/ops/audit/export", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await first.Client.GetAsync("/api/ops/audit/export?format=pdf", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");
        using var file = await first.Client.GetAsync("/api/ops/audit/export?format=jsonl&action=thread.created", Stop);
        Assert.Equal("application/jsonl", file.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".jsonl", file.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        var lines = (await file.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.Contains(room.Workspace.ToString(), StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("thread.created", line, StringComparison.Ordinal));
        Assert.Contains("correlationId", await first.Client.GetStringAsync("/api/ops/audit/export", Stop), StringComparison.Ordinal);
        var after = await first.Client.GetAsync("/api/ops/audit?action=audit.exported", Stop).ReadAsync<Page<AuditRecord>>();
        Assert.Contains(after.Items, entry => entry.WorkspaceId is null && entry.Actor!.Id == first.Id && entry.After!.Value.GetProperty("format").GetString() == "jsonl");
    }

    [Fact]
    [Trait("security", "SEC-AUD-03")]
    public async Task The_state_of_the_proof_shows_a_chain_that_was_cut_off_or_rewritten()
    {
        var first = await server.SignedInAs("operator");
        await server.ScalarAsync<object>("update accounts.user_account set is_operator = true where id = $1", first.Id);
        var room = await AuditRoom.MakeAsync(server);
        for (var i = 0; i < 3; i++)
            await room.WriteAsync("thread.created", room.Editor, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        await room.Owner.Client.GetAsync("/api/ops/audit/proof", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await server.Anonymous.GetAsync("/api/ops/audit/proof", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");

        AuditProofState proof = null!;
        await Eventually.TrueAsync("the entries are sealed", TimeSpan.FromSeconds(60), async () =>
        {
            await server.Services.GetRequiredService<Checkpoints>().SignAsync(Stop);
            proof = await first.Client.GetAsync("/api/ops/audit/proof", Stop).ReadAsync<AuditProofState>();
            return await server.ScalarAsync<long>("select coalesce(max(checkpointed), 0) from engine.audit_chain where chain = $1", room.Workspace) >= 3;
        });
        Assert.DoesNotContain(proof.Findings, finding => finding.Chain == room.Workspace);
        Assert.True(proof is { Chains: >= 2, Entries: >= 3, Checkpoints: >= 1, LastCheckpointAt: not null, KeyFingerprint.Length: 16 });

        await FindsAsync("update engine.audit_entry set hash = sha256('x') where chain = $1 and seq = (select max(seq) from engine.audit_checkpoint where chain = $1)", "rewritten");
        await FindsAsync("delete from engine.audit_entry where chain = $1 and seq = (select max(seq) from engine.audit_checkpoint where chain = $1)", "missing");
        await FindsAsync("update engine.audit_chain set seq = 1, checkpointed = 1 where chain = $1", "cut off");

        async Task FindsAsync(string forgery, string expected)
        {
            await server.ScalarAsync<object>(forgery, room.Workspace);
            var seen = await first.Client.GetAsync("/api/ops/audit/proof", Stop).ReadAsync<AuditProofState>();
            Assert.Contains(expected, Assert.Single(seen.Findings, finding => finding.Chain == room.Workspace).Message, StringComparison.Ordinal);
        }
    }
}
