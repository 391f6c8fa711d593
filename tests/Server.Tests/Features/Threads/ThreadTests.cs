using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Opening, reading, changing and deleting threads (TH-1), each for those who may and those who may not.</summary>
[Trait("spec", "TH-1")]
public sealed class ThreadTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_thread_is_opened_and_read_by_everybody_in_the_workspace()
    {
        var room = await Room.MakeAsync(server);

        var opened = await CreateAsync(room.Ada, room.Workspace, new { title = "Plans" }).ReadAsync<ThreadInfo>(HttpStatusCode.Created);
        var read = await room.Bob.Client.GetAsync($"/api/threads/{opened.Id}").ReadAsync<ThreadInfo>();

        Assert.Equal(("Plans", false, 1, 0), (read.Title, read.Archived, read.Version, read.Head));
        Assert.Null(read.Participants);
        Assert.Equal(room.Ada.Id, read.CreatedBy);
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_thread_and_somebody_elses_is_a_conflict()
    {
        var room = await Room.MakeAsync(server);
        var id = Guid.CreateVersion7();
        await CreateAsync(room.Ada, room.Workspace, new { id, title = "One" }).ShouldBeAsync(HttpStatusCode.Created);

        var again = await CreateAsync(room.Ada, room.Workspace, new { id, title = "One" }).ReadAsync<ThreadInfo>(HttpStatusCode.Created);
        await CreateAsync(room.Bob, room.Workspace, new { id, title = "Mine" }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        var elsewhere = await TestServer.CreateWorkspace(room.Stranger);
        await CreateAsync(room.Stranger, elsewhere, new { id, title = "Mine" }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        Assert.Equal(id, again.Id);
        Assert.Single(await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), a => a.Data.TryGetProperty("id", out var of) && of.GetGuid() == id);
    }

    [Fact]
    public async Task A_private_thread_is_there_for_its_participants_alone()
    {
        var room = await Room.MakeAsync(server);
        var carol = await server.SignedInAs("carol");
        await TestServer.AddMember(room.Ada, room.Workspace, carol, "admin");

        var secret = await CreateAsync(room.Ada, room.Workspace, new { title = "Ours", participants = new[] { room.Bob.Id } }).ReadAsync<ThreadInfo>(HttpStatusCode.Created);

        Assert.Equal(new[] { room.Ada.Id, room.Bob.Id }.Order(), secret.Participants!.Order());
        await room.Bob.Client.GetAsync($"/api/threads/{secret.Id}").ShouldBeAsync(HttpStatusCode.OK);
        await carol.Client.GetAsync($"/api/threads/{secret.Id}").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await carol.Client.DeleteAsync($"/api/threads/{secret.Id}").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        var hers = await carol.Client.GetAsync($"/api/workspaces/{room.Workspace}/threads").ReadAsync<Page<ThreadInfo>>();
        Assert.DoesNotContain(hers.Items, thread => thread.Id == secret.Id);
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), a => a.Data.GetRawText().Contains("Ours", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_participant_must_be_a_member()
    {
        var room = await Room.MakeAsync(server);

        var problem = await CreateAsync(room.Ada, room.Workspace, new { title = "Ours", participants = new[] { room.Stranger.Id } })
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("participants", problem.Errors!.Keys);
    }

    [Theory]
    [InlineData("""{}""", "title")]
    [InlineData("""{"title":""}""", "title")]
    [InlineData("""{"title":"x","colour":1}""", "colour")]
    [InlineData("""{"title":"x","id":"no"}""", "id")]
    public async Task A_bad_request_names_the_field(string body, string field)
    {
        var room = await Room.MakeAsync(server);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await room.Ada.Client.PostAsync($"/api/workspaces/{room.Workspace}/threads", content)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Equal([field], problem.Errors!.Keys);
    }

    [Fact]
    public async Task A_title_of_201_characters_is_too_long()
    {
        var room = await Room.MakeAsync(server);

        await CreateAsync(room.Ada, room.Workspace, new { title = new string('t', 200) }).ShouldBeAsync(HttpStatusCode.Created);
        await CreateAsync(room.Ada, room.Workspace, new { title = new string('t', 201) }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task A_thread_is_renamed_archived_and_brought_back_and_its_readers_hear_it()
    {
        var room = await Room.MakeAsync(server);

        var renamed = await PatchAsync(room.Bob, room.Thread, new { title = "New name" }).ReadAsync<ThreadInfo>();
        var archived = await PatchAsync(room.Bob, room.Thread, new { archived = true }).ReadAsync<ThreadInfo>();
        var back = await PatchAsync(room.Bob, room.Thread, new { archived = false }).ReadAsync<ThreadInfo>();

        Assert.Equal(("New name", 2), (renamed.Title, renamed.Version));
        Assert.Equal((true, 3), (archived.Archived, archived.Version));
        Assert.Equal((false, 4, 3), (back.Archived, back.Version, back.Head));
        Assert.Equal(3, (await server.AnnouncedOnAsync(Channels.ThreadKind, room.Thread)).Count(a => a.What is "update thread"));
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_change_based_on_an_old_version_is_refused_with_the_current_state()
    {
        var room = await Room.MakeAsync(server);
        await PatchAsync(room.Ada, room.Thread, new { title = "First" }).ShouldBeAsync(HttpStatusCode.OK);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/threads/{room.Thread}") { Content = JsonContent.Create(new { title = "Second" }) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"1\""));

        using var response = await room.Bob.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Contains("\"title\":\"First\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_thread_is_gone_for_everybody()
    {
        var room = await Room.MakeAsync(server);

        await room.Bob.Client.DeleteAsync($"/api/threads/{room.Thread}").ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await room.Ada.Client.DeleteAsync($"/api/threads/{room.Thread}").ShouldBeAsync(HttpStatusCode.NoContent);

        await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}/messages").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await room.Ada.Client.DeleteAsync($"/api/threads/{room.Thread}").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal("delete thread", (await server.AnnouncedOnAsync(Channels.ThreadKind, room.Thread))[^1].What);
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task A_viewer_reads_and_changes_nothing()
    {
        var room = await Room.MakeAsync(server);
        var viewer = await server.SignedInAs("vera");
        await TestServer.AddMember(room.Ada, room.Workspace, viewer, "viewer");

        await viewer.Client.GetAsync($"/api/threads/{room.Thread}").ShouldBeAsync(HttpStatusCode.OK);
        await viewer.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/read", new { version = 0 }).ShouldBeAsync(HttpStatusCode.NoContent);
        await CreateAsync(viewer, room.Workspace, new { title = "Mine" }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await PatchAsync(viewer, room.Thread, new { title = "Mine" }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await viewer.Client.DeleteAsync($"/api/threads/{room.Thread}").ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await viewer.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "hi" }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task For_a_stranger_nothing_of_it_exists()
    {
        var room = await Room.MakeAsync(server);
        var message = await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "secret" }).ReadAsync<Message>(HttpStatusCode.Created);
        var client = room.Stranger.Client;

        foreach (var attempt in new Func<Task<HttpResponseMessage>>[]
        {
            () => client.GetAsync($"/api/workspaces/{room.Workspace}/threads"),
            () => CreateAsync(room.Stranger, room.Workspace, new { title = "Mine" }),
            () => client.GetAsync($"/api/threads/{room.Thread}"),
            () => PatchAsync(room.Stranger, room.Thread, new { title = "Mine" }),
            () => client.DeleteAsync($"/api/threads/{room.Thread}"),
            () => client.GetAsync($"/api/threads/{room.Thread}/messages"),
            () => client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "hi" }),
            () => client.PostAsJsonAsync($"/api/threads/{room.Thread}/read", new { version = 1 }),
            () => client.GetAsync($"/api/messages/{message.Id}"),
            () => client.PatchAsJsonAsync($"/api/messages/{message.Id}", new { body = "changed" }),
            () => client.DeleteAsync($"/api/messages/{message.Id}"),
        })
            await attempt().ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task The_list_pages_without_repeating_or_hiding_while_threads_are_opened()
    {
        var room = await Room.MakeAsync(server);
        var known = new List<Guid> { room.Thread };
        for (var i = 0; i < 6; i++)
            known.Add(await TestServer.CreateThread(room.Ada, room.Workspace, $"T{i}"));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await room.Bob.Client.GetAsync($"/api/workspaces/{room.Workspace}/threads?limit=3&cursor={cursor}").ReadAsync<Page<ThreadInfo>>();
            seen.AddRange(page.Items.Select(thread => thread.Id));
            cursor = page.Next;
            if (seen.Count == 3)
                known.Add(await TestServer.CreateThread(room.Ada, room.Workspace, "Meanwhile"));
        }
        while (cursor is not null);

        Assert.Equal(known, seen);
        await room.Bob.Client.GetAsync($"/api/workspaces/{room.Workspace}/threads?cursor=nonsense").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await room.Bob.Client.GetAsync($"/api/workspaces/{room.Workspace}/threads?limit=201").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task Unread_follows_the_marker_and_ones_own_messages_do_not_count()
    {
        var room = await Room.MakeAsync(server);
        foreach (var (author, body) in new[] { (room.Ada, "1"), (room.Bob, "2"), (room.Ada, "3") })
            await author.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }).ShouldBeAsync(HttpStatusCode.Created);

        var before = await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}").ReadAsync<ThreadInfo>();
        await MarkAsync(room.Bob, room.Thread, 1);
        var between = await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}").ReadAsync<ThreadInfo>();
        await MarkAsync(room.Bob, room.Thread, 99);
        await MarkAsync(room.Bob, room.Thread, 1);
        var after = await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}").ReadAsync<ThreadInfo>();

        Assert.Equal((2, 0), (before.Unread, before.ReadTo));
        Assert.Equal((1, 1), (between.Unread, between.ReadTo));
        Assert.Equal((0, 3), (after.Unread, after.ReadTo));
        // What did not move is nothing to tell.
        Assert.Equal(2, (await server.AnnouncedOnAsync(Channels.UserKind, room.Bob.Id)).Count(a => a.What is "update readMarker"));
        Assert.Equal(3, (await server.AnnouncedOnAsync(Channels.ThreadKind, room.Thread)).Count);
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task The_marker_moves_back_when_asked_to_and_the_first_unread_message_is_named()
    {
        var room = await Room.MakeAsync(server);
        foreach (var (author, body) in new[] { (room.Ada, "1"), (room.Bob, "2"), (room.Ada, "3"), (room.Ada, "4") })
            await author.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }).ShouldBeAsync(HttpStatusCode.Created);
        await MarkAsync(room.Bob, room.Thread, 4);
        var read = await GetAsync(room.Bob, room.Thread);

        await room.Bob.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/read", new { version = 1, back = true }).ShouldBeAsync(HttpStatusCode.NoContent);
        var unread = await GetAsync(room.Bob, room.Thread);

        Assert.Equal((0, 4, null), (read.Unread, read.ReadTo, read.FirstUnread));
        Assert.Equal((2, 1, 3), (unread.Unread, unread.ReadTo, unread.FirstUnread));
        Assert.NotNull(unread.LastMessageAt);
        var told = (await server.AnnouncedOnAsync(Channels.UserKind, room.Bob.Id))[^1];
        Assert.Equal(("update readMarker", 1), (told.What, told.Data.GetProperty("version").GetInt64()));
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task What_was_said_before_somebody_came_is_not_unread_to_him()
    {
        var room = await Room.MakeAsync(server);
        await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "before" }).ShouldBeAsync(HttpStatusCode.Created);
        var carol = await server.SignedInAs("carol");
        await TestServer.AddMember(room.Ada, room.Workspace, carol);
        var arrived = await GetAsync(carol, room.Thread);
        await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "welcome" }).ShouldBeAsync(HttpStatusCode.Created);

        var welcomed = await GetAsync(carol, room.Thread);

        Assert.Equal((0, null), (arrived.Unread, arrived.FirstUnread));
        Assert.Equal((1, 2), (welcomed.Unread, welcomed.FirstUnread));
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task The_list_can_be_asked_for_some_threads_alone()
    {
        var room = await Room.MakeAsync(server);
        var second = await TestServer.CreateThread(room.Ada, room.Workspace, "Second");
        await TestServer.CreateThread(room.Ada, room.Workspace, "Third");
        var elsewhere = await Room.MakeAsync(server);
        var path = $"/api/workspaces/{room.Workspace}/threads";

        var some = await room.Bob.Client.GetAsync($"{path}?ids={second}&ids={room.Thread}&ids={elsewhere.Thread}").ReadAsync<Page<ThreadInfo>>();

        Assert.Equal(new[] { room.Thread, second }.Order(), some.Items.Select(thread => thread.Id).Order());
        await room.Bob.Client.GetAsync($"{path}?ids=no").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        var tooMany = string.Join('&', Enumerable.Range(0, 51).Select(_ => $"ids={Guid.CreateVersion7()}"));
        await room.Bob.Client.GetAsync($"{path}?{tooMany}").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    private static Task<ThreadInfo> GetAsync(TestUser user, Guid thread) => user.Client.GetAsync($"/api/threads/{thread}").ReadAsync<ThreadInfo>();

    private static Task<HttpResponseMessage> CreateAsync(TestUser user, Guid workspace, object body) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", body);

    private static Task<HttpResponseMessage> PatchAsync(TestUser user, Guid thread, object body) =>
        user.Client.PatchAsJsonAsync($"/api/threads/{thread}", body);

    private static Task MarkAsync(TestUser user, Guid thread, long version) =>
        user.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version }).ShouldBeAsync(HttpStatusCode.NoContent);
}
