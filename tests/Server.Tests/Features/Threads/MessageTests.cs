using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Messages over HTTP: the same operations as over sockets, with HTTP's answers (TH-2, TH-5).</summary>
[Trait("spec", "TH-2")]
public sealed class MessageTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_message_gets_its_place_and_whoever_listens_hears_it()
    {
        var room = await Room.MakeAsync(server);
        await using var bob = await room.EnterAsync(room.Bob);

        var posted = await PostAsync(room, new { body = "hello" }).ReadAsync<Message>(HttpStatusCode.Created);

        Assert.Equal((1, "hello", room.Ada.Id), (posted.Version, posted.Body, posted.AuthorId));
        var heard = (await bob.NextAsync("create")).GetProperty("payload");
        Assert.Equal(posted.Id, heard.GetProperty("data").GetProperty("id").GetGuid());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, heard.GetProperty("cause").ValueKind);
    }

    [Fact]
    public async Task The_same_id_again_is_answered_as_the_first_time_and_somebody_elses_is_a_conflict()
    {
        var room = await Room.MakeAsync(server);
        var id = Guid.CreateVersion7();

        var first = await PostAsync(room, new { id, body = "once" }).ReadAsync<Message>(HttpStatusCode.Created);
        var again = await PostAsync(room, new { id, body = "once" }).ReadAsync<Message>(HttpStatusCode.Created);
        await room.Bob.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { id, body = "mine" })
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        Assert.Equal((first.Id, first.Version, first.CreatedAt), (again.Id, again.Version, again.CreatedAt));
        Assert.Single((await PageAsync(room, "")).Items);
    }

    [Fact]
    public async Task An_id_that_is_taken_in_another_workspace_is_a_conflict_and_tells_nothing()
    {
        var room = await Room.MakeAsync(server);
        var other = await Room.MakeAsync(server);
        var id = Guid.CreateVersion7();
        await PostAsync(room, new { id, body = "secret" }).ShouldBeAsync(HttpStatusCode.Created);

        var problem = await PostAsync(other, new { id, body = "mine" }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        Assert.DoesNotContain(room.Thread.ToString(), problem.Detail!, StringComparison.Ordinal);
        await PostAsync(other, new { body = "the next one" }).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_hundred_posts_at_once_take_the_places_one_to_a_hundred()
    {
        var room = await Room.MakeAsync(server);

        var posted = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => PostAsync(room, new { body = $"{i}" }).ReadAsync<Message>(HttpStatusCode.Created)));

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), posted.Select(message => message.Version).Order());
    }

    [Fact]
    [Trait("spec", "TH-5")]
    public async Task The_history_pages_backwards_and_forwards_newest_last()
    {
        var room = await Room.MakeAsync(server);
        for (var i = 1; i <= 10; i++)
            await PostAsync(room, new { body = $"{i}" }).ShouldBeAsync(HttpStatusCode.Created);

        var newest = await PageAsync(room, "?limit=4");
        var older = await PageAsync(room, $"?limit=4&cursor={newest.Next}");
        var oldest = await PageAsync(room, $"?limit=4&cursor={older.Next}");
        var after = await PageAsync(room, "?after=3&limit=2");
        var before = await PageAsync(room, "?before=3");

        Assert.Equal([7, 8, 9, 10], newest.Items.Select(m => m.Version));
        Assert.Equal([3, 4, 5, 6], older.Items.Select(m => m.Version));
        Assert.Equal([1, 2], oldest.Items.Select(m => m.Version));
        Assert.Null(oldest.Next);
        Assert.Equal([4, 5], after.Items.Select(m => m.Version));
        Assert.Equal([1, 2], before.Items.Select(m => m.Version));
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?before=-1")]
    [InlineData("?before=1&after=1")]
    [InlineData("?cursor=x9")]
    [InlineData("?before=abc")]
    public async Task A_bad_page_request_is_refused(string query)
    {
        var room = await Room.MakeAsync(server);

        await room.Ada.Client.GetAsync($"/api/threads/{room.Thread}/messages{query}").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"body":""}""")]
    [InlineData("""{"body":" \n "}""")]
    [InlineData("""{"body":"\ud83d"}""")]
    [InlineData("""{"body":"a\u0000"}""")]
    [InlineData("""{"body":"a","body":"b"}""")]
    [InlineData("""{"body":"a","version":7}""")]
    [InlineData("""{"body":"a","attachments":["01a1fc6c-23ed-71d8-8b51-1aa9aecbd68e"]}""")]
    [InlineData("""{"body":"a","replyTo":"01a1fc6c-23ed-71d8-8b51-1aa9aecbd68e"}""")]
    public async Task A_bad_message_is_refused_and_nothing_is_stored(string body)
    {
        var room = await Room.MakeAsync(server);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        await room.Ada.Client.PostAsync($"/api/threads/{room.Thread}/messages", content).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Empty((await PageAsync(room, "")).Items);
    }

    [Fact]
    [Trait("spec", "TH-3")]
    public async Task A_reply_names_a_message_of_the_same_thread()
    {
        var room = await Room.MakeAsync(server);
        var first = await PostAsync(room, new { body = "question" }).ReadAsync<Message>(HttpStatusCode.Created);

        var reply = await PostAsync(room, new { body = "answer", replyTo = first.Id }).ReadAsync<Message>(HttpStatusCode.Created);

        Assert.Equal(first.Id, reply.ReplyTo);
    }

    [Fact]
    [Trait("spec", "TH-3")]
    public async Task The_author_edits_an_admin_deletes_and_others_may_neither()
    {
        var room = await Room.MakeAsync(server);
        var bobs = await room.Bob.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = "drafft" }).ReadAsync<Message>(HttpStatusCode.Created);
        var adas = await PostAsync(room, new { body = "mine" }).ReadAsync<Message>(HttpStatusCode.Created);

        var edited = await room.Bob.Client.PatchAsJsonAsync($"/api/messages/{bobs.Id}", new { body = "draft" }).ReadAsync<Message>();
        await room.Ada.Client.PatchAsJsonAsync($"/api/messages/{bobs.Id}", new { body = "hers" }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await room.Bob.Client.DeleteAsync($"/api/messages/{adas.Id}").ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await room.Ada.Client.DeleteAsync($"/api/messages/{bobs.Id}").ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(("draft", bobs.Version), (edited.Body, edited.Version));
        Assert.NotNull(edited.EditedAt);
        await room.Bob.Client.PatchAsJsonAsync($"/api/messages/{bobs.Id}", new { body = "again" }).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal([adas.Id], (await PageAsync(room, "")).Items.Select(m => m.Id));
        // The text is gone, the id stays taken.
        Assert.Equal("", await server.ScalarAsync<string>("select body from threads.message where id = $1", bobs.Id));
    }

    [Fact]
    [Trait("spec", "GW-10")]
    public async Task A_long_page_travels_compressed_and_a_short_one_does_not()
    {
        var room = await Room.MakeAsync(server);
        await PostAsync(room, new { body = "short" }).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Empty(await EncodingAsync(room));

        await PostAsync(room, new { body = new string('x', 20_000) }).ShouldBeAsync(HttpStatusCode.Created);

        Assert.Equal(["br"], await EncodingAsync(room));
    }

    [Fact]
    [Trait("spec", "TH-5")]
    public async Task One_message_is_found_by_its_id_until_it_is_deleted()
    {
        var room = await Room.MakeAsync(server);
        var posted = await PostAsync(room, new { body = "here" }).ReadAsync<Message>(HttpStatusCode.Created);

        var found = await room.Bob.Client.GetAsync($"/api/messages/{posted.Id}").ReadAsync<Message>();
        Assert.Equal((posted.Id, "here", 1), (found.Id, found.Body, found.Version));
        await room.Ada.Client.DeleteAsync($"/api/messages/{posted.Id}").ShouldBeAsync(HttpStatusCode.NoContent);
        await room.Bob.Client.GetAsync($"/api/messages/{posted.Id}").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Anonymous.GetAsync($"/api/messages/{posted.Id}").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    private static async Task<ICollection<string>> EncodingAsync(Room room)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/threads/{room.Thread}/messages");
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        using var response = await room.Ada.Client.SendAsync(request);
        return response.Content.Headers.ContentEncoding;
    }

    private static Task<HttpResponseMessage> PostAsync(Room room, object body) =>
        room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", body);

    private static Task<Page<Message>> PageAsync(Room room, string query) =>
        room.Ada.Client.GetAsync($"/api/threads/{room.Thread}/messages{query}").ReadAsync<Page<Message>>();
}
