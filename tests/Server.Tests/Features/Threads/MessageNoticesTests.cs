using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>Whoever is named or answered is told, once.</summary>
[Trait("spec", "NO-1")]
[Trait("spec", "TH-3")]
public sealed class MessageNoticesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_named_or_answered_is_told_in_the_app_with_the_words_and_the_place()
    {
        var (ada, bob, thread, workspace) = await RoomAsync();
        var first = await SayAsync(bob, thread, "Who comes?");
        var answer = await SayAsync(ada, thread, "I do.", first.Id);
        var named = await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} bring cake");

        var told = await NewsAsync(bob, 2);
        Assert.Equal(
            [("mention", "ada mentioned you in Launch", "@bob bring cake", $"/w/{workspace}/t/{thread}?m={named.Version}"),
             ("reply", "ada answered you in Launch", "I do.", $"/w/{workspace}/t/{thread}?m={answer.Version}")],
            told.OrderBy(one => one.Kind).Select(one => (one.Kind, one.Title, one.Body!, one.Link)));
        Assert.All(told, one => Assert.Equal((ada.Id, "ada", (Guid?)workspace), (one.ActorId, one.ActorName, one.WorkspaceId)));
        Assert.Contains("> @bob bring cake", await server.MailToAsync(bob.Email, mail => mail.Contains("mentioned you", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_named_in_an_answer_is_told_of_being_named_alone()
    {
        var (ada, bob, thread, _) = await RoomAsync();
        var first = await SayAsync(bob, thread, "Who comes?");
        await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} I do.", first.Id);
        await SettledAsync();

        Assert.Equal("mention", Assert.Single(await ListAsync(bob)).Kind);
        Assert.Empty(await ListAsync(ada));
    }

    [Fact]
    public async Task An_edit_tells_whoever_comes_in_by_it_once_and_a_deletion_takes_it_back()
    {
        var (ada, bob, thread, _) = await RoomAsync();
        var message = await SayAsync(ada, thread, "Bring cake");
        foreach (var text in new[] { "bring cake", "bring two cakes" })
            await ada.Client.PatchAsJsonAsync($"/api/messages/{message.Id}", new { body = $"{MentionSyntax.Of(bob.Id, "bob")} {text}" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single(await NewsAsync(bob, 1));

        await ada.Client.DeleteAsync($"/api/messages/{message.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Empty(await ListAsync(bob));
    }

    [Fact]
    public async Task Who_does_not_see_the_thread_and_who_answers_oneself_is_not_told()
    {
        var (ada, bob, _, workspace) = await RoomAsync();
        var secret = (await ada.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "Secret", participants = new[] { ada.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        var first = await SayAsync(ada, secret, $"{MentionSyntax.Of(bob.Id, "bob")} must not know");
        await SayAsync(ada, secret, "Indeed", first.Id);
        await SettledAsync();

        Assert.Empty(await ListAsync(bob));
        Assert.Empty(await ListAsync(ada));
    }

    [Fact]
    public async Task NT5_an_edit_that_takes_a_name_out_and_the_end_of_the_thread_take_it_back()
    {
        var (ada, bob, thread, _) = await RoomAsync();
        var first = await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} bring cake");
        await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} and tea");
        await NewsAsync(bob, 2);

        await ada.Client.PatchAsJsonAsync($"/api/messages/{first.Id}", new { body = "bring cake" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("@bob and tea", Assert.Single(await ListAsync(bob)).Body);
        await ada.Client.DeleteAsync($"/api/threads/{thread}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Empty(await ListAsync(bob));
        Assert.Equal(2, (await server.AnnouncedOnAsync(Channels.UserKind, bob.Id)).Count(a => a.What is "delete notification"));
    }

    [Fact]
    public async Task NT9_reading_past_the_message_reads_what_told_of_it_and_no_more()
    {
        var (ada, bob, thread, _) = await RoomAsync();
        var first = await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} bring cake");
        await SayAsync(ada, thread, $"{MentionSyntax.Of(bob.Id, "bob")} and tea");
        await NewsAsync(bob, 2);

        await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version = first.Version }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal([true, false], (await ListAsync(bob)).OrderBy(one => one.Body!.Length).Select(one => one.ReadAt is null));
        var told = Assert.Single(await server.AnnouncedOnAsync(Channels.UserKind, bob.Id), a => a.What is "update notificationsRead");
        // The other one is being added to the workspace.
        Assert.Equal((1, 2), (told.Data.GetProperty("ids").GetArrayLength(), told.Data.GetProperty("unread").GetInt32()));
    }

    [Fact]
    public async Task NT9_who_has_read_a_message_already_is_not_told_of_it()
    {
        var (ada, bob, thread, _) = await RoomAsync();
        var first = await SayAsync(ada, thread, "Who brings cake?");
        await bob.Client.PostAsJsonAsync($"/api/threads/{thread}/read", new { version = first.Version }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        // Named in what he has read: by an edit.
        await ada.Client.PatchAsJsonAsync($"/api/messages/{first.Id}", new { body = $"{MentionSyntax.Of(bob.Id, "bob")} brings cake" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await SettledAsync();

        Assert.Empty(await ListAsync(bob));
    }

    private async Task<(TestUser Ada, TestUser Bob, Guid Thread, Guid Workspace)> RoomAsync()
    {
        var (ada, bob) = (await server.VerifiedAsync("ada"), await server.VerifiedAsync("bob"));
        var workspace = await TestServer.CreateWorkspace(ada);
        await TestServer.AddMember(ada, workspace, bob);
        return (ada, bob, await TestServer.CreateThread(ada, workspace), workspace);
    }

    private static Task<Message> SayAsync(TestUser user, Guid thread, string body, Guid? replyTo = null) =>
        user.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body, replyTo }, Stop).ReadAsync<Message>(HttpStatusCode.Created);

    /// <summary>What somebody was told of threads.</summary>
    private static async Task<IReadOnlyList<Notification>> ListAsync(TestUser user) =>
        [.. (await user.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items.Where(one => one.Kind is "mention" or "reply")];

    private static async Task<IReadOnlyList<Notification>> NewsAsync(TestUser user, int count)
    {
        IReadOnlyList<Notification> told = [];
        await Eventually.TrueAsync($"{count} notifications", TimeSpan.FromSeconds(60), async () => (told = await ListAsync(user)).Count >= count);
        Assert.Equal(count, told.Count);
        return told;
    }

    private Task SettledAsync() => Eventually.TrueAsync("everybody is told", TimeSpan.FromSeconds(60), async () => await server.ScalarAsync<long>(
        "select count(*) from (select kind from jobs.ready union all select kind from jobs.running union all select kind from jobs.later) j where kind = 'threads.tell'") == 0);
}
