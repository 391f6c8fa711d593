using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Items that were made and changed offline (SY-3).</summary>
[Trait("spec", "SY-3")]
public sealed class ContentSyncTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_made_and_changed_offline_is_there_once_however_often_it_is_sent()
    {
        var desk = await Desk.SetAsync(server);
        var id = Guid.CreateVersion7();
        object[] operations =
        [
            new { id = "one", type = "create", resource = "content", resourceId = id, data = new { workspaceId = desk.Workspace, kind = "post", title = "Offline", status = "in_review" } },
            new { id = "two", type = "update", resource = "content", resourceId = id, @base = 1, data = new { body = "words", title = "On the train" } },
        ];

        var first = await SyncAsync(desk.Bob, operations);
        var again = await SyncAsync(desk.Bob, operations);

        Assert.Equal(["applied", "applied"], first.Select(result => result.Outcome));
        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(again));
        var item = await desk.Vera.Client.GetAsync($"/api/content/{id}", Stop).ReadAsync<ContentItem>();
        Assert.Equal(("On the train", "words", "in_review", 2), (item.Title, item.Body, item.Status, item.Version));
    }

    [Fact]
    public async Task A_text_that_two_people_changed_apart_is_merged_and_where_they_meet_people_decide()
    {
        var desk = await Desk.SetAsync(server, body: "one\ntwo\nthree\n");
        await desk.PatchAsync(new { body = "one\ntwo\n3\n", title = "Theirs" });
        await desk.PatchAsync(new { labels = Array.Empty<string>(), assigneeId = desk.Bob.Id });

        var merged = Assert.Single(await SyncAsync(desk.Ada, new { id = "m", type = "update", resource = "content", resourceId = desk.Item.Id, @base = 1, data = new { body = "1\r\ntwo\nthree\n" } }));
        var conflict = Assert.Single(await SyncAsync(desk.Ada, new { id = "c", type = "update", resource = "content", resourceId = desk.Item.Id, @base = 1, data = new { body = "one\ntwo\nIII\n", title = "Mine" } }));

        Assert.Equal(("merged", 4), (merged.Outcome, merged.Version));
        var item = await desk.GetAsync();
        Assert.Equal(("1\ntwo\n3\n", "Theirs", 4), (item.Body, item.Title, item.Version));
        Assert.Equal("conflict", conflict.Outcome);
        Assert.Equal("one\ntwo\nthree\n", conflict.Conflict!.Base!.Value.GetProperty("body").GetString());
        Assert.Equal("one\ntwo\nIII\n", conflict.Conflict.Mine!.Value.GetProperty("body").GetString());
        Assert.Equal(("1\ntwo\n3\n", 4), (conflict.Conflict.Theirs!.Value.GetProperty("body").GetString(), conflict.Conflict.Version));
    }

    [Fact]
    public async Task A_change_of_what_was_deleted_and_a_deletion_of_what_was_changed_are_conflicts()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { title = "Changed" });

        var deletion = Assert.Single(await SyncAsync(desk.Ada, new { id = "d", type = "delete", resource = "content", resourceId = desk.Item.Id, @base = 1 }));
        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var change = Assert.Single(await SyncAsync(desk.Ada, new { id = "u", type = "update", resource = "content", resourceId = desk.Item.Id, @base = 2, data = new { title = "Mine" } }));
        var twice = Assert.Single(await SyncAsync(desk.Ada, new { id = "t", type = "delete", resource = "content", resourceId = desk.Item.Id, @base = 2 }));
        var stranger = Assert.Single(await SyncAsync(desk.Stranger, new { id = "s", type = "update", resource = "content", resourceId = desk.Item.Id, data = new { title = "Mine" } }));

        Assert.Equal(("conflict", "Changed"), (deletion.Outcome, deletion.Conflict!.Theirs!.Value.GetProperty("title").GetString()));
        Assert.Equal(("conflict", null, 0), (change.Outcome, change.Conflict!.Theirs, change.Conflict.Version));
        Assert.Equal("merged", twice.Outcome);
        Assert.Equal(("rejected", ProblemCodes.NotFound), (stranger.Outcome, stranger.Problem!.Code));
    }

    private static async Task<IReadOnlyList<SyncResult>> SyncAsync(TestUser user, params object[] operations) =>
        (await user.Client.PostAsJsonAsync("/api/sync", new { operations }, Stop).ReadAsync<SyncResults>()).Results;
}
