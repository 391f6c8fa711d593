using System.Net;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Features.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>A trail leaves the house as a file that spreadsheets and programs read, and that leaves a trace.</summary>
[Trait("spec", "SE-4")]
public sealed class ExportAuditTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_of_it_comes_as_lines_of_JSON_newest_first()
    {
        var room = await AuditRoom.MakeAsync(server);
        await room.FillAsync(1203);

        using var response = await room.Admin.Client.GetAsync($"{room.Path}/export?format=jsonl&resource=filler", Stop);
        var records = (await response.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line, ContractsJson.Lenient.AuditRecord)!).ToArray();

        Assert.Equal("application/jsonl", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(1203, records.Length);
        Assert.Equal(records.Select(r => r.At).Distinct().OrderDescending(), records.Select(r => r.At));
        Assert.All(records, record => Assert.Equal("owner", record.Actor!.Name));
    }

    [Fact]
    public async Task The_export_is_recorded()
    {
        var room = await AuditRoom.MakeAsync(server);

        await room.Admin.Client.GetAsync($"{room.Path}/export?format=csv&resource=thread", Stop).ShouldBeAsync(HttpStatusCode.OK);

        var entry = Assert.Single((await room.Owner.Client.GetAsync($"{room.Path}?action=audit.exported", Stop).ReadAsync<Page<AuditRecord>>()).Items);
        Assert.Equal(room.Admin.Id, entry.Actor!.Id);
        Assert.Equal("csv", entry.After!.Value.GetProperty("format").GetString());
        Assert.Equal("thread", entry.After!.Value.GetProperty("filter").GetProperty("resource").GetString());
    }

    [Theory]
    [InlineData("format=xml")]
    [InlineData("actor=somebody")]
    public async Task Bad_input_is_refused(string query)
    {
        var room = await AuditRoom.MakeAsync(server);

        await room.Owner.Client.GetAsync($"{room.Path}/export?{query}", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");
    }

    [Fact]
    [Trait("security", "SEC-AUD-06")]
    public async Task A_cell_is_never_a_formula_and_stays_one_cell()
    {
        var room = await AuditRoom.MakeAsync(server);
        await room.WriteAsync("thread.updated", room.Editor, null, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), """{"title":"a \"quoted\", title\n"}""");
        await room.Editor.Client.PatchAsync("/api/me", System.Net.Http.Json.JsonContent.Create(new { name = "=HYPERLINK(\"http://evil\")" }), Stop).ShouldBeAsync(HttpStatusCode.OK);

        using var response = await room.Owner.Client.GetAsync($"{room.Path}/export?action=thread.updated", Stop);
        var lines = (await response.Content.ReadAsStringAsync(Stop)).Split("\r\n");

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(3, lines.Length);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil\"\")\",", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"{\"\"title\"\":\"\"a \\\"\"quoted\\\"\", title\\n\"\"}\"", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    public void Every_beginning_that_spreadsheets_run_is_made_text(string name)
    {
        var record = new AuditRecord(Guid.Empty, DateTimeOffset.UnixEpoch, new AuditActor(Guid.Empty, name), "a", "r", null, null, null, null, null, name, null, null);

        Assert.Equal(2, AuditCsv.Line(record).Split($"\"'{name}\"").Length - 1);
    }
}
