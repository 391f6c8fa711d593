using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Sync;

/// <summary>What somebody missed, over everything that person may see (SY-2; docs/spec/sync.md).</summary>
[Trait("spec", "SY-2")]
public sealed class GetChangesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SR1_without_a_cursor_everything_comes_as_states_and_after_that_exactly_what_happens()
    {
        var room = await RoomAsync();
        await PostAsync(room.Ada, room.Thread, "before");

        var first = await AllAsync(room.Bob, null);
        await PostAsync(room.Ada, room.Thread, "after");
        await PostAsync(room.Ada, room.Thread, "after that");
        var next = await AllAsync(room.Bob, first.Cursor);
        var none = await AllAsync(room.Bob, next.Cursor);
        var again = await AllAsync(room.Bob, first.Cursor);

        Assert.True(first.Snapshot);
        Assert.Contains($"thread:{room.Thread}", first.Channels!.Select(channel => channel.Channel));
        Assert.Contains($"user:{room.Bob.Id}", first.Channels!.Select(channel => channel.Channel));
        Assert.Equal([2L, 3L], next.Changes.Select(change => change.V));
        Assert.All(next.Changes, change => Assert.Equal(($"thread:{room.Thread}", "create", "message"), (change.Channel, change.Op, change.Resource)));
        Assert.Empty(none.Changes);
        Assert.Null(none.Snapshot);
        Assert.Equal([2L, 3L], again.Changes.Select(change => change.V));
    }

    [Fact]
    public async Task SR2_what_is_more_than_a_page_comes_in_pages_none_twice_and_none_left_out()
    {
        var room = await RoomAsync();
        var first = await AllAsync(room.Bob, null);
        var other = await TestServer.CreateThread(room.Ada, room.Workspace, "Other");
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => PostAsync(room.Ada, i % 2 == 0 ? room.Thread : other, $"{i}")));

        var pages = 0;
        var cursor = first.Cursor;
        var changes = new List<SyncChange>();
        SyncChanges page;
        do
        {
            page = await ReadAsync(room.Bob, cursor);
            // What happens between two pages belongs to the next sync.
            if (pages++ == 0)
                await PostAsync(room.Ada, room.Thread, "between");
            changes.AddRange(page.Changes);
            cursor = page.Cursor;
        }
        while (!page.Complete);

        Assert.Equal(2, pages);
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), changes.Where(c => c.Channel == $"thread:{room.Thread}").Select(c => c.V));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), changes.Where(c => c.Channel == $"thread:{other}").Select(c => c.V));
        Assert.Equal(301, Assert.Single((await AllAsync(room.Bob, cursor)).Changes).V);
    }

    [Fact]
    public async Task SR2_long_texts_fill_a_page_as_states_and_as_changes()
    {
        var room = await RoomAsync();
        var (texts, items) = (new string('x', 900_000), new List<Guid>());
        for (var i = 0; i < 4; i++)
        {
            using var created = await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/content", new { kind = "post", title = $"{i}", body = texts }, Stop);
            items.Add((await created.Content.ReadFromJsonAsync<ContentItem>(ContractsJson.Lenient.ContentItem, Stop))!.Id);
        }

        var states = await PagesAsync(null);
        foreach (var item in items)
            await room.Ada.Client.PatchAsJsonAsync($"/api/content/{item}", new { body = new string('y', 900_000) }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        var changes = await PagesAsync(states[^1].Cursor);

        Assert.Equal(items.Order(), states.SelectMany(page => page.Channels ?? []).Where(one => one.Channel.StartsWith("content:", StringComparison.Ordinal)).Select(one => Guid.Parse(one.Channel[8..])).Order());
        Assert.Equal(items.Order(), changes.SelectMany(page => page.Changes).Where(one => one.Op is "updates").Select(one => one.ResourceId).Order());
        foreach (var page in states.Concat(changes))
            Assert.InRange((page.Channels ?? []).Sum(one => (long)one.State.GetRawText().Length) + page.Changes.Sum(one => (long)one.Data.GetRawText().Length), 0, 3_500_000);

        async Task<List<SyncChanges>> PagesAsync(string? cursor)
        {
            var pages = new List<SyncChanges>();
            do
            {
                pages.Add(await ReadAsync(room.Bob, cursor));
                cursor = pages[^1].Cursor;
            }
            while (!pages[^1].Complete);
            return pages;
        }
    }

    [Fact]
    public async Task SR3_a_workspace_that_came_into_sight_comes_as_states_and_one_that_left_it_is_named()
    {
        var room = await RoomAsync();
        var (carol, secret) = (await server.SignedInAs("carol"), await TestServer.CreateWorkspace(room.Ada, "Second"));
        var thread = await TestServer.CreateThread(room.Ada, secret);
        await PostAsync(room.Ada, thread, "long ago");
        var before = await AllAsync(room.Bob, null);
        var carols = await AllAsync(carol, null);

        await TestServer.AddMember(room.Ada, secret, room.Bob);
        using var removed = await room.Ada.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}", Stop);
        await PostAsync(room.Ada, room.Thread, "without Bob");
        var after = await AllAsync(room.Bob, before.Cursor);

        Assert.Contains($"thread:{thread}", after.Channels!.Select(channel => channel.Channel));
        Assert.Contains("long ago", after.Channels!.Single(channel => channel.Channel == $"thread:{thread}").State.GetRawText(), StringComparison.Ordinal);
        Assert.Equal([$"workspace:{room.Workspace}"], after.Lost);
        Assert.DoesNotContain(after.Changes, change => change.Channel == $"thread:{room.Thread}");
        Assert.Empty((await AllAsync(carol, carols.Cursor)).Changes);
    }

    [Fact]
    public async Task SR4_a_cursor_of_before_versions_started_over_brings_everything_anew()
    {
        var room = await RoomAsync();
        var first = await AllAsync(room.Bob, null);
        await using var command = server.Database.Login.CreateCommand("update engine.channel set epoch = epoch + 1 where id = $1");
        command.Parameters.AddWithValue(room.Bob.Id);
        await command.ExecuteNonQueryAsync(Stop);

        Assert.True((await AllAsync(room.Bob, first.Cursor)).Snapshot);
    }

    [Fact]
    public async Task SR5_a_cursor_of_somebody_else_shows_nothing_of_theirs()
    {
        var room = await RoomAsync();
        var eve = await server.SignedInAs("eve");
        var hers = await AllAsync(room.Ada, null);
        await PostAsync(room.Ada, room.Thread, "for us");

        var stolen = await AllAsync(eve, hers.Cursor);

        Assert.DoesNotContain(room.Thread.ToString(), string.Join(' ', stolen.Changes.Select(c => c.Channel).Concat(stolen.Channels?.Select(c => c.Channel) ?? [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("MXwxfDF8MTox")]
    public async Task What_is_no_cursor_is_refused(string cursor)
    {
        var ada = await server.SignedInAs("ada");

        using var response = await ada.Client.GetAsync($"/api/sync?since={cursor}", Stop);
        using var nobody = await server.Anonymous.GetAsync("/api/sync", Stop);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized), (response.StatusCode, nobody.StatusCode));
    }

    private async Task<Realtime.Room> RoomAsync() => await Realtime.Room.MakeAsync(server);

    private static async Task PostAsync(TestUser user, Guid thread, string body)
    {
        using var response = await user.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body }, Stop);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task<SyncChanges> ReadAsync(TestUser user, string? cursor) =>
        (await user.Client.GetFromJsonAsync(cursor is null ? "/api/sync" : $"/api/sync?since={cursor}", ContractsJson.Lenient.SyncChanges, Stop))!;

    /// <summary>All pages as one.</summary>
    private static async Task<SyncChanges> AllAsync(TestUser user, string? cursor)
    {
        var all = await ReadAsync(user, cursor);
        while (!all.Complete)
        {
            var next = await ReadAsync(user, all.Cursor);
            all = next with { Changes = [.. all.Changes, .. next.Changes], Channels = [.. all.Channels ?? [], .. next.Channels ?? []], Lost = all.Lost, Snapshot = all.Snapshot };
        }
        return all;
    }
}
