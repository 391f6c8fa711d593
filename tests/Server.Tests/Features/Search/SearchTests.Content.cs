using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Features.Accounts.Keys;
using Renexus.Server.Tests.Features.Content;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Search;

/// <summary>Finding content items by theirs.</summary>
public sealed partial class SearchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_is_found_by_title_label_and_text_with_the_words_that_show_why()
    {
        var desk = await Desk.SetAsync(server, body: $"{new string('x', 30_000)} 🎈\n## The **harvest**\nis in autumn, harvests {new string('y', 400)}", kind: "article");
        await desk.PatchAsync(new { labels = (string[])["Vegetables"] });

        var byText = await FoundItemAsync(desk, "harvest");
        var byTitle = await FoundItemAsync(desk, "laun");
        var byLabel = await FoundItemAsync(desk, "vegetables -winter");

        Assert.Equal(
            ("content", desk.Item.Id, desk.Item.Id, null, "Launch", "article", desk.Bob.Id),
            (byText.Type, byText.Id, byText.ContentId, byText.ThreadId, byText.Title, byText.Kind, byText.AuthorId));
        // "## The **harvest**" stands so far behind that it is another part of the text that is shown.
        Assert.Equal(["harvest", "harvests"], byText.Highlights.Select(one => byText.Excerpt.Substring(one.Start, one.Length)));
        Assert.StartsWith("…", byText.Excerpt, StringComparison.Ordinal);
        Assert.Contains("🎈 The harvest is in autumn", byText.Excerpt, StringComparison.Ordinal);
        Assert.Equal((desk.Item.Id, desk.Item.Id), (byTitle.Id, byLabel.Id));
        Assert.Empty((await FindAsync(desk.Bob, desk.Workspace, "launch -harvest")).Items);
    }

    [Fact]
    public async Task Content_is_found_by_its_new_words_alone_and_in_the_trash_neither_it_nor_what_was_said_of_it()
    {
        var desk = await Desk.SetAsync(server, body: "before\n");
        await desk.Ada.Client.PostAsJsonAsync($"{desk.Path}/comments", new { document = 0, from = 0, to = 6, body = "Why so pallid?" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await FoundItemAsync(desk, "before");
        await desk.PatchAsync(new { body = "afterwards\n", title = "Opening" });

        await FoundItemAsync(desk, "opening afterwards");
        Assert.Empty((await FindAsync(desk.Vera, desk.Workspace, "before")).Items);
        Assert.Empty((await FindAsync(desk.Vera, desk.Workspace, "launch")).Items);
        var remark = await FoundItemAsync(desk, "pallid");
        Assert.Equal(("message", desk.Item.Id), (remark.Type, remark.ContentId));
        await desk.Stranger.Client.GetAsync($"/api/search?workspaceId={desk.Workspace}&q=opening&type=content", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Empty((await FindAsync(desk.Vera, desk.Workspace, "opening")).Items);
        Assert.Empty((await FindAsync(desk.Vera, desk.Workspace, "pallid")).Items);
        await desk.Bob.Client.PostAsync($"{desk.Path}/restore", null, Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("content", (await FoundItemAsync(desk, "opening")).Type);
    }

    [Fact]
    public async Task Messages_and_content_are_ranked_together_and_each_can_be_looked_for_alone()
    {
        var desk = await Desk.SetAsync(server, body: "nothing of it");
        var thread = await TestServer.CreateThread(desk.Ada, desk.Workspace);
        await desk.Ada.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "the budget of the year that is to come" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        var named = await Desk.CreateAsync(desk.Bob, desk.Workspace, new { kind = "video", title = "Budget", body = "" });
        await Desk.CreateAsync(desk.Bob, desk.Workspace, new { kind = "post", title = "Other", body = string.Join(' ', Enumerable.Range(0, 500).Select(i => $"word{i}")) + " budget" });
        await Eventually.TrueAsync("all three are found", TimeSpan.FromSeconds(60), async () => (await FindAsync(desk.Vera, desk.Workspace, "budget")).Items.Count == 3);

        var all = (await FindAsync(desk.Vera, desk.Workspace, "budget")).Items;

        Assert.Equal(named.Id, all[0].Id);
        Assert.Equal([("content", "Budget"), ("message", "Launch"), ("content", "Other")], all.Select(hit => (hit.Type, hit.Title)));
        Assert.Equal([all[1]], (await FindAsync(desk.Vera, desk.Workspace, "budget", "&type=message")).Items, Same);
        Assert.Equal([all[0], all[2]], (await FindAsync(desk.Vera, desk.Workspace, "budget", "&type=content")).Items, Same);
        var paged = new List<SearchHit>();
        for (string? next = ""; next is not null;)
        {
            var page = await FindAsync(desk.Vera, desk.Workspace, "budget", next.Length == 0 ? "&limit=1" : $"&limit=1&cursor={next}");
            paged.AddRange(page.Items);
            next = page.Next;
        }
        Assert.Equal(all, paged, Same);
        await desk.Vera.Client.GetAsync($"/api/search?workspaceId={desk.Workspace}&q=budget&type=thread", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        // A key finds what it may read.
        using var program = server.Program((await server.WithKeyAsync(desk.Vera, "threads:read")).Key!);
        Assert.Equal([all[1]], (await program.GetAsync($"/api/search?workspaceId={desk.Workspace}&q=budget", Stop).ReadAsync<Page<SearchHit>>()).Items, Same);
        await program.GetAsync($"/api/search?workspaceId={desk.Workspace}&q=budget&type=content", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        static bool Same(SearchHit one, SearchHit other) => one.Id == other.Id && one.Type == other.Type;
    }

    [Fact]
    public async Task A_text_of_more_words_than_the_index_can_hold_is_found_by_its_beginning()
    {
        var body = $"needle {string.Join(' ', Enumerable.Range(0, 70_000).Select(i => $"w{i:x5}{i * 7919:x8}"))}";
        var desk = await Desk.SetAsync(server, body);

        Assert.Equal(desk.Item.Id, (await FoundItemAsync(desk, "needle w00000")).Id);
    }

    /// <summary>The one that is found, once the index has followed.</summary>
    private static async Task<SearchHit> FoundItemAsync(Desk desk, string q)
    {
        IReadOnlyList<SearchHit> found = [];
        await Eventually.TrueAsync($"{q} is found", TimeSpan.FromSeconds(60), async () => (found = (await FindAsync(desk.Vera, desk.Workspace, q)).Items).Count > 0);
        return Assert.Single(found);
    }
}
