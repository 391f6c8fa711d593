using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Notifications;

[Trait("spec", "NO-1")]
public sealed class NotificationTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NT1_what_does_not_commit_is_told_to_nobody()
    {
        var ada = await server.VerifiedAsync("ada");
        await using (var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop))
            await server.Services.GetRequiredService<Notices>().GiveAsync(work, NoticeTo(ada, NotificationKind.Mention), Stop);
        await server.AllMailsAreSentAsync();

        Assert.Empty((await ListAsync(ada)).Items);
        Assert.DoesNotContain(server.MailsTo(ada.Email), mail => mail.Contains("A sentence", StringComparison.Ordinal));
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Channels.UserKind, ada.Id), a => a.What is "create notification");
    }

    [Fact]
    public async Task NT1_what_commits_is_told_in_the_app_and_by_mail()
    {
        var ada = await server.VerifiedAsync("ada");
        await GiveAsync(NoticeTo(ada, NotificationKind.Mention) with { Body = "Look at <this>\nplease" });

        var list = await ListAsync(ada);
        var one = Assert.Single(list.Items);
        Assert.Equal(("mention", "A sentence", "Look at <this>\nplease", "/somewhere", 1), (one.Kind, one.Title, one.Body, one.Link, list.Unread));
        var mail = await server.MailToAsync(ada.Email, mail => mail.Contains("A sentence", StringComparison.Ordinal));
        Assert.Contains("> Look at <this>\r\n> please", mail.ReplaceLineEndings("\r\n"), StringComparison.Ordinal);
        Assert.Contains("Look at &lt;this&gt;", mail, StringComparison.Ordinal);
        Assert.Matches("(?m)^List-Unsubscribe: <http://[^>]+/api/notifications/unsubscribe\\?token=[A-Za-z0-9_-]{43}>\\s*$", mail);
        Assert.Matches("(?m)^List-Unsubscribe-Post: List-Unsubscribe=One-Click\\s*$", mail);
    }

    [Fact]
    public async Task NT10_no_mail_goes_to_an_address_that_nobody_has_confirmed()
    {
        var eve = await server.SignedInAs("eve");
        await GiveAsync(NoticeTo(eve, NotificationKind.Mention));
        await server.AllMailsAreSentAsync();

        Assert.Single((await ListAsync(eve)).Items);
        Assert.DoesNotContain(server.MailsTo(eve.Email), mail => mail.Contains("A sentence", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NT2_of_one_thing_a_person_is_told_once_however_many_tell_at_once()
    {
        var ada = await server.VerifiedAsync("ada");
        var notice = NoticeTo(ada, NotificationKind.Mention);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => GiveAsync(notice)));
        await GiveAsync(notice);
        await server.AllMailsAreSentAsync();

        Assert.Single((await ListAsync(ada)).Items);
        Assert.Single(server.MailsTo(ada.Email), mail => mail.Contains("A sentence", StringComparison.Ordinal));
        Assert.Single(await server.AnnouncedOnAsync(Channels.UserKind, ada.Id), a => a.What is "create notification");
    }

    [Fact]
    public async Task NT2_nobody_is_told_of_what_they_did_themselves()
    {
        var ada = await server.VerifiedAsync("ada");

        await GiveAsync(NoticeTo(ada, NotificationKind.Role) with { ActorId = ada.Id });

        Assert.Empty((await ListAsync(ada)).Items);
    }

    [Theory]
    [InlineData(true, "now")]
    [InlineData(true, "off")]
    [InlineData(false, "now")]
    [InlineData(false, "off")]
    public async Task NT3_each_person_chooses_where_to_be_told(bool inApp, string email)
    {
        var ada = await server.VerifiedAsync("ada");
        await ChooseAsync(ada, new { kinds = new[] { new { kind = "mention", inApp, email } } }).ShouldBeAsync(HttpStatusCode.OK);

        await GiveAsync(NoticeTo(ada, NotificationKind.Mention));
        await server.AllMailsAreSentAsync();

        Assert.Equal(inApp ? 1 : 0, (await ListAsync(ada)).Items.Count);
        Assert.Equal(email is "now" ? 1 : 0, server.MailsTo(ada.Email).Count(mail => mail.Contains("A sentence", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task NT3_the_safety_of_the_account_cannot_be_chosen_away()
    {
        var ada = await server.VerifiedAsync("ada");
        var problem = await ChooseAsync(ada, new { kinds = new[] { new { kind = "security", inApp = false } } })
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Contains("kinds[0].kind", problem.Errors!.Keys);

        await ada.Client.PutAsJsonAsync("/api/me/password", new { currentPassword = TestUser.Password, password = "another long enough phrase" }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal("Your password was changed", Assert.Single((await ListAsync(ada)).Items).Title);
    }

    [Fact]
    public async Task NT3_choices_are_bound_to_their_version_and_leave_the_others_alone()
    {
        var ada = await server.VerifiedAsync("ada");
        var before = await ada.Client.GetAsync("/api/notifications/settings", Stop).ReadAsync<NotificationSettings>();
        Assert.Equal((1, "digest", "daily", 8, "UTC"), (before.Version, Of(before, "reply").Email, before.Digest.Cadence, before.Digest.Hour, before.Digest.TimeZone));

        var after = await ChooseAsync(ada, new { kinds = new[] { new { kind = "reply", email = "off" } } }).ReadAsync<NotificationSettings>();
        Assert.Equal((2, "off", true, "now"), (after.Version, Of(after, "reply").Email, Of(after, "reply").InApp, Of(after, "mention").Email));
        after = await ChooseAsync(ada, new { digest = new { cadence = "weekly", hour = 7, weekday = 5, timeZone = "Europe/Berlin" } }).ReadAsync<NotificationSettings>();
        Assert.Equal((3, "off", "weekly", 5), (after.Version, Of(after, "reply").Email, after.Digest.Cadence, after.Digest.Weekday));

        using var late = new HttpRequestMessage(HttpMethod.Patch, "/api/notifications/settings") { Content = JsonContent.Create(new { kinds = new[] { new { kind = "reply", email = "now" } } }) };
        late.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        await ada.Client.SendAsync(late, Stop).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        Assert.Equal(2, (await server.AnnouncedOnAsync(Channels.UserKind, ada.Id)).Count(a => a.What is "update notificationSettings"));

        static NotificationChoice Of(NotificationSettings settings, string kind) => settings.Kinds.Single(choice => choice.Kind == kind);
    }

    [Theory]
    [InlineData("""{"kinds":[{"kind":"weather"}]}""", "kinds[0].kind")]
    [InlineData("""{"kinds":[{"kind":"reply","email":"never"}]}""", "kinds[0].email")]
    [InlineData("""{"digest":{"cadence":"hourly","hour":8,"weekday":1,"timeZone":"UTC"}}""", "digest.cadence")]
    [InlineData("""{"digest":{"cadence":"daily","hour":24,"weekday":1,"timeZone":"UTC"}}""", "digest.hour")]
    [InlineData("""{"digest":{"cadence":"daily","hour":8,"weekday":1,"timeZone":"Mars/Olympus"}}""", "digest.timeZone")]
    public async Task A_choice_that_cannot_be_is_refused_by_its_name(string body, string field)
    {
        var ada = await server.VerifiedAsync("ada");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await ada.Client.PatchAsync("/api/notifications/settings", content, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Fact]
    public async Task NT4_what_is_read_on_one_device_is_read_on_all()
    {
        var ada = await server.VerifiedAsync("ada");
        for (var i = 0; i < 5; i++)
            await GiveAsync(NoticeTo(ada, NotificationKind.Reply));
        var items = (await ListAsync(ada)).Items;
        Assert.Equal(items.Select(one => one.Id).OrderDescending(), items.Select(one => one.Id));

        await ReadAsync(ada, new { ids = new[] { items[1].Id } });
        Assert.Equal(4, (await ListAsync(ada)).Unread);
        await ReadAsync(ada, new { upTo = items[3].Id });
        Assert.Equal([items[0].Id, items[2].Id], (await ListAsync(ada, "?unread=true")).Items.Select(one => one.Id));
        await ReadAsync(ada, new { });
        Assert.Equal(0, (await ListAsync(ada)).Unread);
        await ReadAsync(ada, new { }); // nothing is left, so nothing is told

        var told = (await server.AnnouncedOnAsync(Channels.UserKind, ada.Id)).Where(a => a.What is "update notificationsRead").Select(a => a.Data.GetProperty("unread").GetInt32());
        Assert.Equal([4, 2, 0], told);
    }

    [Fact]
    public async Task NT4_pages_neither_repeat_nor_miss_what_comes_meanwhile()
    {
        var ada = await server.VerifiedAsync("ada");
        for (var i = 0; i < 5; i++)
            await GiveAsync(NoticeTo(ada, NotificationKind.Reply));
        var all = (await ListAsync(ada)).Items.Select(one => one.Id).ToArray();

        var first = await ListAsync(ada, "?limit=2");
        await GiveAsync(NoticeTo(ada, NotificationKind.Reply));
        var second = await ListAsync(ada, $"?limit=2&cursor={first.Next}");
        var third = await ListAsync(ada, $"?limit=2&cursor={second.Next}");

        Assert.Equal(all.AsEnumerable(), first.Items.Concat(second.Items).Concat(third.Items).Select(one => one.Id));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task NT4_others_neither_see_nor_read_them()
    {
        var (ada, bob) = (await server.VerifiedAsync("ada"), await server.VerifiedAsync("bob"));
        await GiveAsync(NoticeTo(ada, NotificationKind.Reply));
        var id = Assert.Single((await ListAsync(ada)).Items).Id;

        Assert.Empty((await ListAsync(bob)).Items);
        await ReadAsync(bob, new { ids = new[] { id } });
        await ReadAsync(bob, new { });

        Assert.Equal(1, (await ListAsync(ada)).Unread);
        await server.Anonymous.GetAsync("/api/notifications", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task NT5_of_a_workspace_only_its_members_see_something()
    {
        var (ada, bob) = (await server.VerifiedAsync("ada"), await server.VerifiedAsync("bob"));
        var workspace = await TestServer.CreateWorkspace(ada);
        await TestServer.AddMember(ada, workspace, bob);
        Assert.Equal("You are an editor of Newsroom now", Assert.Single((await ListAsync(bob)).Items).Title);

        await ada.Client.DeleteAsync($"/api/workspaces/{workspace}/members/{bob.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        var left = await ListAsync(bob);
        Assert.Equal(["You no longer belong to Newsroom"], left.Items.Select(one => one.Title));
        Assert.Equal(1, left.Unread);
    }

    [Fact]
    public async Task NT5_what_told_of_something_goes_with_it()
    {
        var ada = await server.VerifiedAsync("ada");
        var notice = NoticeTo(ada, NotificationKind.Mention);
        await GiveAsync(notice);
        Assert.Single((await ListAsync(ada)).Items);

        await using (var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop))
        {
            await Notices.WithdrawAsync(work, notice.SubjectId, Stop);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }

        Assert.Empty((await ListAsync(ada)).Items);
        Assert.Contains(await server.AnnouncedOnAsync(Channels.UserKind, ada.Id), a => a.What is "delete notification");
    }

    [Fact]
    public async Task What_happens_in_workspaces_is_told_to_whom_it_concerns()
    {
        var (ada, bob) = (await server.VerifiedAsync("ada"), await server.VerifiedAsync("bob"));
        var workspace = await TestServer.CreateWorkspace(ada);
        await ada.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/invitations", new { email = bob.Email, role = Roles.Viewer }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        var token = Mails.TokenIn(await server.MailToAsync(bob.Email, mail => mail.Contains("/invite?token=", StringComparison.Ordinal)));
        await bob.Client.PostAsync($"/api/invitations/{token}/accept", null, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await ada.Client.PatchAsJsonAsync($"/api/workspaces/{workspace}/members/{bob.Id}", new { role = Roles.Admin }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await ada.Client.PatchAsJsonAsync($"/api/workspaces/{workspace}/members/{bob.Id}", new { role = Roles.Admin }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        var joined = Assert.Single((await ListAsync(ada)).Items);
        Assert.Equal(("bob accepted your invitation to Newsroom", bob.Id, "bob", $"/w/{workspace}"), (joined.Title, joined.ActorId, joined.ActorName, joined.Link));
        Assert.Equal("In Newsroom you are an admin now", Assert.Single((await ListAsync(bob)).Items).Title);
    }

    private static Notice NoticeTo(TestUser user, NotificationKind kind) => new(kind, user.Id, Guid.CreateVersion7(), "A sentence", "/somewhere");

    private async Task GiveAsync(Notice notice)
    {
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop);
        await server.Services.GetRequiredService<Notices>().GiveAsync(work, notice, Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    private static Task<NotificationPage> ListAsync(TestUser user, string query = "") => user.Client.GetAsync($"/api/notifications{query}", Stop).ReadAsync<NotificationPage>();

    private static Task ReadAsync(TestUser user, object what) => user.Client.PostAsJsonAsync("/api/notifications/read", what, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

    private static Task<HttpResponseMessage> ChooseAsync(TestUser user, object choice) => user.Client.PatchAsJsonAsync("/api/notifications/settings", choice, Stop);
}
