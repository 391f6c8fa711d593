using System.Net;
using Renexus.Contracts;
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
        var room = await AuditRoom.MakeAsync(server);
        await room.WriteAsync("thread.created", room.Editor, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());

        await room.Owner.Client.GetAsync("/api/ops/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await server.Anonymous.GetAsync("/api/ops/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await first.Client.GetAsync("/api/ops/audit?limit=x", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");

        var seen = await first.Client.GetAsync("/api/ops/audit?limit=200", Stop).ReadAsync<Page<AuditRecord>>();
        Assert.Contains(seen.Items, entry => entry.Action == "thread.created" && entry.WorkspaceId == room.Workspace && entry.Actor!.Name == "editor");
        Assert.Contains(seen.Items, entry => entry.Action == "audit.read" && entry.WorkspaceId is null && entry.Actor!.Id == first.Id);
    }
}
