using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Items as files of Markdown, out and in again (CO-1).</summary>
[Trait("spec", "CO-1")]
public sealed class MarkdownTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CN11_What_is_exported_comes_in_again_as_it_was()
    {
        var desk = await Desk.SetAsync(server, body: "---\nnot: a field\n---\n# Heading\n");
        await desk.PatchAsync(new
        {
            title = "Launch: \"now\" / #1",
            labels = (string[])["a, b", "c: d"],
            plannedAt = "2026-12-24T17:00:00Z",
            variants = (object[])[new { platform = "x", text = "short\n---\n" }],
            status = "in_review",
        });

        using var file = await desk.Vera.Client.GetAsync($"{desk.Path}/export", Stop);
        var text = await file.Content.ReadAsStringAsync(Stop);
        var back = await ImportAsync(desk, new { name = "other.md", markdown = text.Replace("\n", "\r\n", StringComparison.Ordinal) }).ReadAsync<ContentItem>(HttpStatusCode.Created);

        Assert.Equal(("text/markdown", "attachment", "Launch   now    #1.md"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.DispositionType, file.Content.Headers.ContentDisposition.FileNameStar));
        var was = await desk.GetAsync();
        Assert.Equal((was.Title, was.Body, was.Kind, was.PlannedAt), (back.Title, back.Body, back.Kind, back.PlannedAt));
        Assert.Equal(was.Labels, back.Labels);
        Assert.Equal(was.Variants, back.Variants);
        Assert.Equal(("draft", 1, desk.Bob.Id), (back.Status, back.Version, back.CreatedBy));
    }

    [Theory]
    [InlineData("---\ntitle: Plain words\ntags:\n  - one\n  - 'two'\ndraft: true\n---\n\ntext", "Plain words", "one,two", "text")]
    [InlineData("---\ntitle: 'It''s'\nlabels: [one, two words]\n---\ntext", "It''s", "one,two words", "text")]
    [InlineData("# Heading first\n\ntext", "Heading first", "", "# Heading first\n\ntext")]
    [InlineData("---\nno end", "from-file", "", "---\nno end")]
    [InlineData("---\ntitle: T\n---", "T", "", "")]
    public async Task CN11_Files_of_other_tools_come_in(string markdown, string title, string labels, string body)
    {
        var desk = await Desk.SetAsync(server);

        var item = await ImportAsync(desk, new { name = "from-file.md", markdown }).ReadAsync<ContentItem>(HttpStatusCode.Created);

        Assert.Equal((title, labels, body, "article"), (item.Title, string.Join(',', item.Labels), item.Body, item.Kind));
    }

    [Fact]
    public async Task What_is_no_file_is_refused_and_strangers_find_nothing()
    {
        var desk = await Desk.SetAsync(server);

        var problem = await ImportAsync(desk, new { name = "x" }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await desk.Vera.Client.PostAsJsonAsync($"/api/workspaces/{desk.Workspace}/content/import", new { markdown = "x" }, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Stranger.Client.GetAsync($"{desk.Path}/export", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        Assert.Equal(["markdown"], problem.Errors!.Keys);
    }

    private static Task<HttpResponseMessage> ImportAsync(Desk desk, object request) =>
        desk.Bob.Client.PostAsJsonAsync($"/api/workspaces/{desk.Workspace}/content/import", request, Stop);
}
