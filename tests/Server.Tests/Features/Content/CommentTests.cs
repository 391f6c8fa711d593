using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Comments on stretches of the text, each with its thread (CO-5).</summary>
[Trait("spec", "CO-5")]
public sealed class CommentTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CN8_A_comment_is_there_with_its_thread_and_what_was_said_and_stands_in_no_list()
    {
        var desk = await Desk.SetAsync(server);
        var id = Guid.CreateVersion7();
        var request = new { id, document = 0, from = 4, to = 7, body = $"Why? {MentionSyntax.Of(desk.Vera.Id, "Vera")}" };

        var comment = await CommentAsync(desk, desk.Ada, request);
        var again = await CommentAsync(desk, desk.Ada, request);

        Assert.Equal(comment, again);
        Assert.Equal((id, desk.Item.Id, desk.Ada.Id, "two", 4, 7, false, null), (comment.Id, comment.ContentId, comment.CreatedBy, comment.Quote, comment.From, comment.To, comment.Orphaned, comment.ResolvedBy));
        var thread = await desk.Vera.Client.GetAsync($"/api/threads/{comment.ThreadId}", Stop).ReadAsync<ThreadInfo>();
        Assert.Equal((desk.Item.Id, "Launch", 1, 1), (thread.ContentId, thread.Title, thread.Unread, thread.Mentions));
        var said = Assert.Single((await desk.Vera.Client.GetAsync($"/api/threads/{comment.ThreadId}/messages", Stop).ReadAsync<Page<Message>>()).Items);
        Assert.Equal((request.body, 1, desk.Ada.Id), (said.Body, said.Version, said.AuthorId));
        await desk.Bob.Client.PostAsJsonAsync($"/api/threads/{comment.ThreadId}/messages", new { body = "Because.", replyTo = said.Id }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(["create message", "create message"], (await server.AnnouncedOnAsync(Channels.ThreadKind, comment.ThreadId)).Select(a => a.What));
        Assert.Empty((await desk.Vera.Client.GetAsync($"/api/workspaces/{desk.Workspace}/threads", Stop).ReadAsync<Page<ThreadInfo>>()).Items);
        Assert.Equal([comment], (await ListAsync(desk)).Items);
        Assert.Equal("create comment", (await server.AnnouncedOnAsync(Channels.ContentKind, desk.Item.Id))[^1].What);
    }

    [Theory]
    [InlineData("""{"document":0,"from":3,"to":3,"body":"x"}""", "to")]
    [InlineData("""{"document":0,"from":3,"to":99,"body":"x"}""", "to")]
    [InlineData("""{"document":0,"from":-1,"to":3,"body":"x"}""", "from")]
    [InlineData("""{"document":0,"from":0,"to":3,"body":" "}""", "body")]
    [InlineData("""{"from":0,"to":3,"body":"x"}""", "document")]
    public async Task A_bad_comment_names_the_field_and_leaves_nothing(string body, string field)
    {
        var desk = await Desk.SetAsync(server);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await desk.Ada.Client.PostAsync($"{desk.Path}/comments", content, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Equal([field], problem.Errors!.Keys);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from threads.thread where workspace_id = $1", desk.Workspace));
    }

    [Fact]
    public async Task CN9_A_comment_moves_along_with_the_text_and_stays_when_what_it_is_about_is_gone()
    {
        var desk = await Desk.SetAsync(server, body: "one two three");
        await desk.PatchAsync(new { body = "zero one two three" });
        // Made on what its author had on screen.
        var comment = await CommentAsync(desk, desk.Ada, new { document = 0, from = 4, to = 7, body = "!" });
        Assert.Equal((9, 12, 1), (comment.From, comment.To, comment.Document));

        await desk.PatchAsync(new { body = "zero one [two] three" });
        var beside = Assert.Single((await ListAsync(desk)).Items);
        await desk.PatchAsync(new { body = "zero one [t-o] three" });
        var within = Assert.Single((await ListAsync(desk)).Items);
        await desk.PatchAsync(new { body = "zero one" });
        var gone = Assert.Single((await ListAsync(desk)).Items);

        Assert.Equal((10, 13, false), (beside.From, beside.To, beside.Orphaned));
        Assert.Equal((10, 13, false), (within.From, within.To, within.Orphaned));
        Assert.Equal((8, 8, true, "two"), (gone.From, gone.To, gone.Orphaned, gone.Quote));
        await desk.Ada.Client.PostAsJsonAsync($"{desk.Path}/comments", new { document = 0, from = 4, to = 7, body = "!" }, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await desk.Ada.Client.PostAsJsonAsync($"{desk.Path}/comments", new { document = 99, from = 0, to = 1, body = "!" }, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Resync);
    }

    [Fact]
    public async Task CN9_Places_are_the_same_wherever_they_are_written_down_in_between()
    {
        var desk = await Desk.SetAsync(server, body: "ab");
        var comment = await CommentAsync(desk, desk.Ada, new { document = 0, from = 1, to = 2, body = "!" });
        for (var i = 0; i < 201; i++)
            await desk.PatchAsync(new { body = new string('x', i + 1) + "ab" });

        var first = Assert.Single((await ListAsync(desk)).Items);
        var stored = await server.ScalarAsync<long>("select document from content.comment where id = $1", comment.Id);
        var second = Assert.Single((await ListAsync(desk)).Items);

        Assert.Equal((202, 203, 201), (first.From, first.To, first.Document));
        Assert.Equal(first.Document, stored);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task CN10_A_comment_is_resolved_by_who_may_write_and_deleted_by_its_author_or_an_admin()
    {
        var desk = await Desk.SetAsync(server);
        var comment = await CommentAsync(desk, desk.Ada, new { document = 0, from = 0, to = 3, body = "!" });
        var path = $"/api/comments/{comment.Id}";

        await desk.Vera.Client.PatchAsJsonAsync(path, new { resolved = true }, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Stranger.Client.PatchAsJsonAsync(path, new { resolved = true }, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        var resolved = await desk.Bob.Client.PatchAsJsonAsync(path, new { resolved = true }, Stop).ReadAsync<ContentComment>();
        var again = await desk.Ada.Client.PatchAsJsonAsync(path, new { resolved = true }, Stop).ReadAsync<ContentComment>();
        var open = await desk.Ada.Client.PatchAsJsonAsync(path, new { resolved = false }, Stop).ReadAsync<ContentComment>();
        await desk.Bob.Client.DeleteAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await desk.Ada.Client.DeleteAsync(path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal((true, desk.Bob.Id, 2), (resolved.Resolved, resolved.ResolvedBy, resolved.Version));
        Assert.Equal(resolved, again);
        Assert.Equal((false, null, null, 3), (open.Resolved, open.ResolvedBy, open.ResolvedAt, open.Version));
        Assert.Empty((await ListAsync(desk)).Items);
        await desk.Ada.Client.GetAsync($"/api/threads/{comment.ThreadId}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal(["create comment", "update comment", "update comment", "delete comment"], (await server.AnnouncedOnAsync(Channels.ContentKind, desk.Item.Id)).Select(a => a.What));
    }

    [Fact]
    public async Task CN8_With_an_item_that_is_removed_for_good_go_its_comments_and_what_was_said_there()
    {
        var desk = await Desk.SetAsync(server);
        var comment = await CommentAsync(desk, desk.Ada, new { document = 0, from = 0, to = 3, body = "!" });
        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await desk.Ada.Client.DeleteAsync($"{desk.Path}?permanently=true", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await desk.Ada.Client.GetAsync($"/api/threads/{comment.ThreadId}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from threads.message where thread_id = $1", comment.ThreadId));
    }

    private static Task<ContentComment> CommentAsync(Desk desk, TestUser user, object request) =>
        user.Client.PostAsJsonAsync($"{desk.Path}/comments", request, Stop).ReadAsync<ContentComment>(HttpStatusCode.Created);

    private static Task<Page<ContentComment>> ListAsync(Desk desk) => desk.Vera.Client.GetAsync($"{desk.Path}/comments", Stop).ReadAsync<Page<ContentComment>>();
}
