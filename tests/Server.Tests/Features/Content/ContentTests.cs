using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Content;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features.Files;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Making, finding, changing and deleting items, each for those who may and those who may not (CO-1).</summary>
[Trait("spec", "CO-1")]
public sealed class ContentTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_item_is_made_with_everything_that_belongs_to_it_and_read_by_everybody()
    {
        var desk = await Desk.SetAsync(server);
        var thread = await TestServer.CreateThread(desk.Ada, desk.Workspace);

        var made = await Desk.CreateAsync(desk.Bob, desk.Workspace, new
        {
            kind = "article",
            title = " Autumn ",
            body = "# Leaves\r\n\r\n> fall\rdown",
            labels = (string[])["blog", " Blog ", "news"],
            assigneeId = desk.Ada.Id,
            variants = new[] { new { platform = "linkedin", text = "Short" } },
            plannedAt = "2026-12-24T18:00:00+01:00",
            threadId = thread,
        });
        var read = await desk.Vera.Client.GetAsync($"/api/content/{made.Id}", Stop).ReadAsync<ContentItem>();

        Assert.Equal(JsonSerializer.Serialize(made), JsonSerializer.Serialize(read));
        Assert.Equal(("article", "draft", "Autumn", "# Leaves\n\n> fall\ndown"), (read.Kind, read.Status, read.Title, read.Body));
        Assert.Equal("Leaves fall down", read.Excerpt);
        Assert.Equal(["blog", "news"], read.Labels);
        Assert.Equal((desk.Ada.Id, thread, desk.Bob.Id), (read.AssigneeId, read.ThreadId, read.CreatedBy));
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 17, 0, 0, TimeSpan.Zero), read.PlannedAt);
        Assert.Equal(new ContentVariant("linkedin", "Short"), Assert.Single(read.Variants));
        Assert.Equal((1, 0, 0), (read.Version, read.Document, read.Head));
        Assert.Null(read.Approval);
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_item_and_somebody_elses_is_a_conflict()
    {
        var desk = await Desk.SetAsync(server);
        var again = await Desk.CreateAsync(desk.Bob, desk.Workspace, new { id = desk.Item.Id, kind = "post", title = "Launch" });

        await desk.Ada.Client.PostAsJsonAsync($"/api/workspaces/{desk.Workspace}/content", new { id = desk.Item.Id, kind = "post", title = "Mine" }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        var elsewhere = await TestServer.CreateWorkspace(desk.Stranger);
        await desk.Stranger.Client.PostAsJsonAsync($"/api/workspaces/{elsewhere}/content", new { id = desk.Item.Id, kind = "post", title = "Mine" }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        Assert.Equal((desk.Item.Id, "one\ntwo\n", 1), (again.Id, again.Body, again.Version));
    }

    [Theory]
    [InlineData("""{"title":"x"}""", "kind")]
    [InlineData("""{"kind":"poem","title":"x"}""", "kind")]
    [InlineData("""{"kind":"post"}""", "title")]
    [InlineData("""{"kind":"post","title":"two\nlines"}""", "title")]
    [InlineData("""{"kind":"post","title":"x","labels":["ok",""]}""", "labels[1]")]
    [InlineData("""{"kind":"post","title":"x","variants":[{"platform":"LinkedIn","text":""}]}""", "variants[0].platform")]
    [InlineData("""{"kind":"post","title":"x","variants":[{"platform":"x","text":"1"},{"platform":"x","text":"2"}]}""", "variants[1].platform")]
    [InlineData("""{"kind":"post","title":"x","media":[{"fileId":"0199f1b2-0000-7000-8000-000000000000"}]}""", "media[0].fileId")]
    [InlineData("""{"kind":"post","title":"x","assigneeId":"0199f1b2-0000-7000-8000-000000000000"}""", "assigneeId")]
    [InlineData("""{"kind":"post","title":"x","threadId":"0199f1b2-0000-7000-8000-000000000000"}""", "threadId")]
    [InlineData("""{"kind":"post","title":"x","plannedAt":"tomorrow"}""", "plannedAt")]
    [InlineData("""{"kind":"post","title":"x","status":"approved"}""", "status")]
    public async Task A_bad_request_names_the_field(string body, string field)
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var problem = await ada.Client.PostAsync($"/api/workspaces/{workspace}/content", content, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Equal([field], problem.Errors!.Keys);
    }

    [Fact]
    public async Task What_an_item_refers_to_is_there_for_everybody_who_sees_it()
    {
        var desk = await Desk.SetAsync(server);
        var secret = (await desk.Bob.Client.PostAsJsonAsync($"/api/workspaces/{desk.Workspace}/threads", new { title = "Ours", participants = new[] { desk.Ada.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;

        var thread = await desk.Patch(desk.Bob, new { threadId = secret }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        var person = await desk.Patch(desk.Bob, new { assigneeId = desk.Stranger.Id }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Equal(["threadId"], thread.Errors!.Keys);
        Assert.Equal(["assigneeId"], person.Errors!.Keys);
    }

    [Fact]
    [Trait("spec", "FI-4")]
    public async Task A_file_that_is_deleted_stays_in_its_place_until_it_is_taken_out_and_does_not_come_back()
    {
        var desk = await Desk.SetAsync(server);
        var files = new FileRoom(desk.Bob.Client, server.Anonymous, desk.Workspace);
        var (gone, kept) = (await files.UploadAsync("gone.png", FileRoom.Png, "image/png"), await files.UploadAsync("kept.png", FileRoom.Png, "image/png"));
        await desk.PatchAsync(new { media = new[] { new { fileId = gone.Id }, new { fileId = kept.Id } } });
        await files.DeleteAsync(gone.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        var moved = await desk.PatchAsync(new { media = new object[] { new { fileId = kept.Id, alt = "A plan" }, new { fileId = gone.Id } } });
        Assert.Equal([(kept.Id, "A plan"), (gone.Id, null)], moved.Media.Select(file => (file.FileId!.Value, file.Alt)));

        await desk.PatchAsync(new { media = new[] { new { fileId = kept.Id } } });
        var again = await desk.Patch(desk.Bob, new { media = new[] { new { fileId = gone.Id } } }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Equal(["media[0].fileId"], again.Errors!.Keys);
    }

    [Fact]
    [Trait("spec", "CO-4")]
    public async Task CN2_Going_back_brings_a_files_place_back_also_when_the_file_is_deleted()
    {
        var desk = await Desk.SetAsync(server);
        var files = new FileRoom(desk.Bob.Client, server.Anonymous, desk.Workspace);
        var gone = await files.UploadAsync("gone.png", FileRoom.Png, "image/png");
        var with = await desk.PatchAsync(new { media = new[] { new { fileId = gone.Id } } });
        await desk.PatchAsync(new { media = Array.Empty<object>() });
        await files.DeleteAsync(gone.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        var back = await desk.Bob.Client.PostAsync($"{desk.Path}/revisions/{with.Version}/restore", null, Stop).ReadAsync<ContentItem>();

        Assert.Equal([gone.Id], back.Media.Select(file => file.FileId!.Value));
    }

    [Fact]
    public async Task Members_that_are_left_out_stay_and_null_takes_away()
    {
        var desk = await Desk.SetAsync(server);
        var assigned = await desk.PatchAsync(new { assigneeId = desk.Ada.Id, plannedAt = "2026-12-24T17:00:00Z" });
        var renamed = await desk.PatchAsync(new { title = "Renamed" });
        var cleared = await desk.PatchAsync(new { assigneeId = (Guid?)null });

        Assert.Equal((desk.Ada.Id, "Launch"), (assigned.AssigneeId, assigned.Title));
        Assert.Equal((desk.Ada.Id, "Renamed"), (renamed.AssigneeId, renamed.Title));
        Assert.Equal((null, assigned.PlannedAt), (cleared.AssigneeId, cleared.PlannedAt));
        Assert.Equal((2, 3, 4), (assigned.Version, renamed.Version, cleared.Version));
        Assert.Equal(["update content", "update content", "update content"], (await server.AnnouncedOnAsync(Channels.ContentKind, desk.Item.Id)).Select(a => a.What));
        Assert.Equal(3, (await server.AnnouncedOnAsync(Channels.WorkspaceKind, desk.Workspace)).Count(a => a.What is "update content"));
        Assert.Equal(cleared.Head, (await desk.GetAsync()).Head);
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_change_based_on_an_old_version_is_refused_with_the_current_state()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { body = "changed" });

        using var answer = await desk.Patch(desk.Ada, new { title = "Second" }, version: 1);

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        Assert.Equal("changed", JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)).GetProperty("current").GetProperty("body").GetString());
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task A_viewer_reads_and_changes_nothing()
    {
        var desk = await Desk.SetAsync(server);
        var thread = await TestServer.CreateThread(desk.Ada, desk.Workspace);

        await desk.Vera.Client.PostAsJsonAsync($"/api/workspaces/{desk.Workspace}/content", new { kind = "post", title = "Mine" }, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Patch(desk.Vera, new { threadId = thread }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Vera.Client.DeleteAsync(desk.Path, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Vera.Client.PostAsync($"{desk.Path}/revisions/1/restore", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        Assert.Equal(1, (await desk.GetAsync()).Version);
    }

    [Fact]
    public async Task Lists_are_filtered_and_have_the_beginning_of_the_text_in_place_of_it()
    {
        var desk = await Desk.SetAsync(server, body: new string('w', 300));
        var video = await Desk.CreateAsync(desk.Ada, desk.Workspace, new { kind = "video", title = "100% new", labels = (string[])["a b"], assigneeId = desk.Bob.Id, plannedAt = "2026-12-24T17:00:00Z" });
        await desk.PatchAsync(new { status = "in_review" });

        Guid[] Ids(params ContentItem[] items) => [.. items.Select(item => item.Id)];
        async Task<Guid[]> FoundAsync(string query) => Ids([.. (await desk.ListAsync(query)).Items]);

        Assert.Equal(Ids(desk.Item, video), await FoundAsync(""));
        Assert.Equal(Ids(video), await FoundAsync("status=draft"));
        Assert.Equal(Ids(desk.Item, video), await FoundAsync("status=draft&status=in_review"));
        Assert.Equal(Ids(video), await FoundAsync("kind=video"));
        Assert.Equal(Ids(video), await FoundAsync("label=a%20b"));
        Assert.Equal(Ids(video), await FoundAsync($"assignee={desk.Bob.Id}"));
        Assert.Equal(Ids(video), await FoundAsync("q=0%25%20N"));
        Assert.Equal(Ids(video), await FoundAsync("from=2026-12-01T00:00:00Z&to=2027-01-01T00:00:00Z"));
        Assert.Empty(await FoundAsync("from=2026-12-25T00:00:00Z&to=2027-01-01T00:00:00Z"));
        Assert.Empty(await FoundAsync("trash=true"));
        var listed = (await desk.ListAsync("limit=1")).Items[0];
        Assert.Equal((null, null, 200), (listed.Body, listed.Hash, listed.Excerpt.Length));
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task The_list_pages_without_repeating_or_hiding()
    {
        var desk = await Desk.SetAsync(server);
        for (var i = 0; i < 4; i++)
            await Desk.CreateAsync(desk.Ada, desk.Workspace, new { kind = "post", title = $"T{i}" });

        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = await desk.ListAsync($"limit=2&cursor={cursor}");
            seen.AddRange(page.Items.Select(item => item.Id));
            cursor = page.Next;
            await Desk.CreateAsync(desk.Ada, desk.Workspace, new { kind = "post", title = "Meanwhile" });
        }
        while (cursor is not null);

        Assert.Equal((5, 5), (seen.Count, seen.Distinct().Count()));
        Assert.Equal(desk.Item.Id, seen[^1]);
    }

    [Fact]
    public async Task CN4_What_is_deleted_is_in_the_trash_and_comes_back_as_it_was()
    {
        var desk = await Desk.SetAsync(server);
        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await desk.Bob.Client.GetAsync(desk.Path, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await desk.Bob.Client.GetAsync($"{desk.Path}/revisions", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await desk.Patch(desk.Bob, new { title = "No" }).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Empty((await desk.ListAsync()).Items);
        var trashed = Assert.Single((await desk.ListAsync("trash=true")).Items);
        Assert.NotNull(trashed.DeletedAt);
        Assert.Equal("one\ntwo\n", (await desk.Vera.Client.GetAsync($"{desk.Path}?trash=true", Stop).ReadAsync<ContentItem>()).Body);

        var back = await desk.Bob.Client.PostAsync($"{desk.Path}/restore", null, Stop).ReadAsync<ContentItem>();
        var again = await desk.Bob.Client.PostAsync($"{desk.Path}/restore", null, Stop).ReadAsync<ContentItem>();

        Assert.Equal((desk.Item.Title, desk.Item.Body, 3, null), (back.Title, back.Body, back.Version, back.DeletedAt));
        Assert.Equal(3, again.Version);
        Assert.Equal(["restored", "trashed", "created"], (await desk.HistoryAsync()).Items.Select(step => step.Changed.Single()));
        Assert.Equal(["create content", "delete content", "create content"], (await server.AnnouncedOnAsync(Channels.WorkspaceKind, desk.Workspace)).Select(a => a.What).Where(what => what.EndsWith(" content", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CN4_For_good_it_is_removed_from_the_trash_alone_and_by_admins()
    {
        var desk = await Desk.SetAsync(server);
        var forGood = $"{desk.Path}?permanently=true";

        await desk.Ada.Client.DeleteAsync(forGood, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await desk.Bob.Client.DeleteAsync(forGood, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Stranger.Client.DeleteAsync(forGood, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await desk.Ada.Client.DeleteAsync(forGood, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await desk.Ada.Client.DeleteAsync(forGood, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from content.revision where item_id = $1", desk.Item.Id));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where resource_id = $1 and action = 'content.removed'", desk.Item.Id));
    }

    [Fact]
    public async Task CN4_What_has_been_in_the_trash_for_a_month_is_removed_for_good_and_nothing_else()
    {
        var desk = await Desk.SetAsync(server);
        var fresh = await Desk.CreateAsync(desk.Bob, desk.Workspace, new { kind = "post", title = "Fresh" });
        foreach (var id in new[] { desk.Item.Id, fresh.Id })
            await desk.Bob.Client.DeleteAsync($"/api/content/{id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await server.ScalarAsync<object>("update content.item set deleted_at = deleted_at - interval '30 days 1 minute' where id = $1", desk.Item.Id);

        await server.Services.GetRequiredService<TrashRetention>().RunAsync(Stop);

        Assert.Equal([fresh.Id], (await desk.ListAsync("trash=true")).Items.Select(item => item.Id));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where resource_id = $1 and action = 'content.removed' and actor_id is null", desk.Item.Id));
    }
}
