using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features.Files;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Pages of messages that are kept by version: cheap, and never older than what was committed before (docs/spec/cache.md).</summary>
[Trait("spec", "CA-6")]
public sealed class MessagePageTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Hit = "renexus; hit";
    private const string Stored = "renexus; fwd=miss; stored";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PC1_a_page_comes_from_memory_until_something_of_it_changes_and_whatever_changes_it_is_seen_at_once()
    {
        var room = await Room.MakeAsync(server);
        Assert.Empty((await PageAsync(room.Ada, room.Thread)).Page.Items);

        var first = await PostAsync(room, "first");
        var second = await PostAsync(room, "second");
        await ShowsAsync(room, page => Assert.Equal(["first", "second"], page.Items.Select(m => m.Body)));

        await room.Ada.Client.PatchAsJsonAsync($"/api/messages/{first.Id}", new { body = "edited" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await ShowsAsync(room, page => Assert.Equal("edited", page.Items[0].Body));

        await room.Bob.Client.PostAsJsonAsync($"/api/messages/{second.Id}/reactions", new { emoji = "👍" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await ShowsAsync(room, page => Assert.Equal([room.Bob.Id], Assert.Single(page.Items[1].Reactions).UserIds));

        await room.Bob.Client.DeleteAsync($"/api/messages/{second.Id}/reactions/{Uri.EscapeDataString("👍")}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await ShowsAsync(room, page => Assert.Empty(page.Items[1].Reactions));

        await room.Ada.Client.DeleteAsync($"/api/messages/{first.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await ShowsAsync(room, page => Assert.Equal([second.Id], page.Items.Select(m => m.Id)));
    }

    [Fact]
    public async Task PC1_stretches_of_one_thread_are_pages_of_their_own()
    {
        var room = await Room.MakeAsync(server);
        for (var n = 1; n <= 5; n++)
            await PostAsync(room, $"{n}");

        foreach (var status in (string[])[Stored, Hit])
        {
            foreach (var (query, bodies) in ((string, string)[])[("?limit=2", "45"), ("?limit=3", "345"), ("?before=3", "12"), ("?after=3", "45"), ("?after=1&limit=2", "23")])
            {
                var (page, told) = await PageAsync(room.Bob, room.Thread, query);
                Assert.Equal((bodies, status), (string.Concat(page.Items.Select(m => m.Body)), told));
            }
        }
    }

    [Fact]
    public async Task BL8_what_is_kept_is_told_to_nobody_who_may_not_see_it()
    {
        var room = await Room.MakeAsync(server);
        await PostAsync(room, "ours");
        await PageAsync(room.Bob, room.Thread);

        // Together with somebody who may, so that they share a statement.
        var asked = Enumerable.Range(0, 20).Select(async n =>
        {
            var who = n % 2 == 0 ? room.Bob : room.Stranger;
            using var response = await who.Client.GetAsync($"/api/threads/{room.Thread}/messages", Stop);
            return (who, response.StatusCode);
        });
        Assert.All(await Task.WhenAll(asked), item => Assert.Equal(item.who == room.Bob ? HttpStatusCode.OK : HttpStatusCode.NotFound, item.StatusCode));

        await room.Ada.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}/messages", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal(Hit, (await PageAsync(room.Ada, room.Thread)).Status);

        await room.Ada.Client.DeleteAsync($"/api/threads/{room.Thread}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.Ada.Client.GetAsync($"/api/threads/{room.Thread}/messages", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task PC2_after_a_restore_nothing_of_before_is_shown()
    {
        var room = await Room.MakeAsync(server);
        var message = await PostAsync(room, "lost by the restore");
        await PageAsync(room.Ada, room.Thread);

        // The same place again, with other words, in another epoch: what a restore and a new message make.
        await server.ScalarAsync<object>("update threads.message set body = 'written after it' where id = $1", message.Id);
        await server.ScalarAsync<object>("update engine.channel set epoch = epoch + 1 where id = $1", room.Thread);

        Assert.Equal("written after it", Assert.Single((await PageAsync(room.Ada, room.Thread)).Page.Items).Body);
    }

    [Fact]
    public async Task PC5_pages_with_files_have_links_of_their_own_for_each_reader_and_are_not_kept()
    {
        var room = await Room.MakeAsync(server);
        var files = new FileRoom(room.Ada.Client, server.Anonymous, room.Workspace);
        var file = await files.UploadAsync("a.png", FileRoom.Png, "image/png");
        await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "look", attachments = new[] { file.Id } }, Stop).ShouldBeAsync(HttpStatusCode.Created);

        var (adas, status) = await PageAsync(room.Ada, room.Thread);
        var (bobs, again) = await PageAsync(room.Bob, room.Thread);

        Assert.Equal(("renexus; fwd=miss", "renexus; fwd=miss"), (status, again));
        Assert.NotEqual(adas.Items[0].Attachments[0].Url, bobs.Items[0].Attachments[0].Url);
        await files.DeleteAsync(file.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Empty((await PageAsync(room.Bob, room.Thread)).Page.Items[0].Attachments);
    }

    [Fact]
    public async Task PC1_readers_beside_writers_on_two_nodes_read_what_was_acknowledged_before()
    {
        var room = await Room.MakeAsync(server);
        await using var neighbour = await server.StartNeighbourAsync();
        using var there = neighbour.NewClient();
        there.DefaultRequestHeaders.Authorization = new("Bearer", room.Bob.AccessToken);
        var acknowledged = 0L;

        async Task WriteAsync()
        {
            for (var n = 0; n < 25; n++)
            {
                var version = (await PostAsync(room, $"{n}")).Version;
                InterlockedMax(ref acknowledged, version);
            }
        }

        async Task ReadAsync(HttpClient client, Task writing)
        {
            do
            {
                var least = Interlocked.Read(ref acknowledged);
                var page = await client.GetAsync($"/api/threads/{room.Thread}/messages?limit=1", Stop).ReadAsync<Page<Message>>();
                Assert.True(least == 0 || page.Items[0].Version >= least);
            }
            while (!writing.IsCompleted);
        }

        var writing = Task.WhenAll(WriteAsync(), WriteAsync());
        await Task.WhenAll([writing, ReadAsync(room.Bob.Client, writing), ReadAsync(room.Ada.Client, writing), ReadAsync(there, writing)]);

        Assert.Equal(50, (await PageAsync(room.Bob, room.Thread, "?limit=1")).Page.Items[0].Version);
    }

    /// <summary>First as it is now, to two readers from one load; then from memory.</summary>
    private static async Task ShowsAsync(Room room, Action<Page<Message>> expected)
    {
        foreach (var (reader, status) in ((TestUser, string)[])[(room.Ada, Stored), (room.Bob, Hit)])
        {
            var (page, told) = await PageAsync(reader, room.Thread);
            expected(page);
            Assert.Equal(status, told);
        }
    }

    private static async Task<(Page<Message> Page, string Status)> PageAsync(TestUser reader, Guid thread, string query = "")
    {
        using var response = await reader.Client.GetAsync($"/api/threads/{thread}/messages{query}", Stop);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var page = await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.PageMessage, Stop);
        return (page!, Assert.Single(response.Headers.GetValues("Cache-Status")));
    }

    private static Task<Message> PostAsync(Room room, string body) =>
        room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }, Stop).ReadAsync<Message>(HttpStatusCode.Created);

    private static void InterlockedMax(ref long place, long value)
    {
        for (var known = Interlocked.Read(ref place); known < value; known = Interlocked.Read(ref place))
            Interlocked.CompareExchange(ref place, value, known);
    }
}
