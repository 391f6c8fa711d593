using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features.Files;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Files that go with messages: ready ones of the workspace, shown with links for whoever reads.</summary>
[Trait("spec", "FI-3")]
[Trait("spec", "TH-2")]
public sealed class AttachmentTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_shows_its_files_in_their_order_to_everybody_who_reads_it_wherever()
    {
        var (ada, bob, room, thread) = await RoomAsync();
        var first = await room.UploadAsync("first.png", FileRoom.Png, "image/png");
        var second = await room.UploadAsync("second.txt", "words"u8.ToArray(), "text/plain");

        // Named as well, which goes another way; and without a word of its own.
        var named = await PostAsync(ada, thread, new { body = MentionSyntax.Of(bob.Id, "Bob"), attachments = new[] { second.Id, first.Id, second.Id } }).ReadAsync<Message>(HttpStatusCode.Created);
        var silent = await PostAsync(ada, thread, new { body = "", attachments = new[] { first.Id } }).ReadAsync<Message>(HttpStatusCode.Created);

        Assert.Equal([(second.Id, "second.txt", 5, "text/plain"), (first.Id, "first.png", first.Size, "image/png")], named.Attachments.Select(a => (a.Id, a.Name, a.Size, a.Type)));
        var listed = (await bob.Client.GetAsync($"/api/threads/{thread}/messages", Stop).ReadAsync<Page<Message>>()).Items;
        Assert.Equal([[second.Id, first.Id], [first.Id]], listed.Select(message => message.Attachments.Select(a => a.Id)));
        var one = await bob.Client.GetAsync($"/api/messages/{silent.Id}", Stop).ReadAsync<Message>();
        Assert.Equal(FileRoom.Png, await server.Anonymous.GetByteArrayAsync(one.Attachments[0].Url, Stop));
        var mention = Assert.Single((await bob.Client.GetAsync("/api/me/mentions", Stop).ReadAsync<Page<Mention>>()).Items);
        Assert.Equal(2, mention.Message.Attachments.Count);

        // What is announced has links too, in its author's name: at the address that the configuration gives.
        var told = (await server.AnnouncedOnAsync(Channels.ThreadKind, thread)).First(news => news.What is "create message").Data;
        var link = new Uri(told.GetProperty("attachments")[1].GetProperty("url").GetString()!);
        Assert.Equal(FileRoom.Png, await server.Anonymous.GetByteArrayAsync(link.PathAndQuery, Stop));

        // They stay when the words change.
        await ada.Client.PatchAsJsonAsync($"/api/messages/{named.Id}", new { body = "other words" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        var changed = (await server.AnnouncedOnAsync(Channels.ThreadKind, thread)).First(news => news.What is "update message").Data;
        Assert.Equal(2, changed.GetProperty("attachments").GetArrayLength());

        // A file that is deleted is not shown any more; a message that is deleted leaves the file.
        await room.DeleteAsync(second.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Equal([first.Id], (await bob.Client.GetAsync($"/api/messages/{named.Id}", Stop).ReadAsync<Message>()).Attachments.Select(a => a.Id));
        await ada.Client.DeleteAsync($"/api/messages/{silent.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.GetAsync(first.Id).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_what_is_ready_and_may_be_seen_by_all_who_see_the_thread_can_be_attached()
    {
        var (ada, bob, room, thread) = await RoomAsync();
        var ready = await room.UploadAsync("ready.png", FileRoom.Png, "image/png");
        var begun = await room.ReserveAsync("begun.png", 10, "image/png");
        var eve = await server.SignedInAs("eve");
        var others = await new FileRoom(eve.Client, server.Anonymous, await TestServer.CreateWorkspace(eve)).UploadAsync("theirs.png", FileRoom.Png, "image/png");
        var secret = (await ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Secret", participants = new[] { bob.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        var ofSecret = await room.UploadAsync("secret.png", FileRoom.Png, "image/png", secret);

        foreach (var file in (Guid[])[begun.Id, others.Id, ofSecret.Id, Guid.CreateVersion7()])
        {
            var problem = await PostAsync(ada, thread, new { body = "look", attachments = new[] { ready.Id, file } }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
            Assert.Equal("attachments[1]", problem.Errors!.Keys.Single());
        }
        await PostAsync(ada, thread, new { body = " ", attachments = Array.Empty<Guid>() }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Empty((await ada.Client.GetAsync($"/api/threads/{thread}/messages", Stop).ReadAsync<Page<Message>>()).Items);
        await PostAsync(bob, secret, new { body = "look", attachments = new[] { ofSecret.Id, ready.Id } }).ShouldBeAsync(HttpStatusCode.Created);
    }

    private async Task<(TestUser Ada, TestUser Bob, FileRoom Room, Guid Thread)> RoomAsync()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        var room = new FileRoom(ada.Client, server.Anonymous, await TestServer.CreateWorkspace(ada));
        await TestServer.AddMember(ada, room.Workspace, bob);
        return (ada, bob, room, await TestServer.CreateThread(ada, room.Workspace));
    }

    private static Task<HttpResponseMessage> PostAsync(TestUser author, Guid thread, object message) =>
        author.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", message, Stop);
}
