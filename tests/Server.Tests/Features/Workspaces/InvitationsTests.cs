using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Workspaces;

[Trait("spec", "OR-2")]
public partial class InvitationsTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_no_account_is_invited_by_mail_and_joins_by_its_link()
    {
        var (owner, id) = await WorkspaceAsync();
        var email = AccountsHttp.NewEmail();

        var invitation = await owner.Client.PostAsJsonAsync($"/api/workspaces/{id}/members", new { email, role = Roles.Editor }, Stop)
            .ReadAsync<Invitation>(HttpStatusCode.Accepted);
        var token = TokenIn(await MailTo(email));
        var bob = await RegisterAsync(email);
        var workspace = await AcceptAsync(bob, token).ReadAsync<Workspace>();

        Assert.Equal((email, Roles.Editor, owner.Id), (invitation.Email, invitation.Role, invitation.InvitedBy));
        Assert.Equal(TimeSpan.FromDays(7), invitation.ExpiresAt - invitation.CreatedAt);
        Assert.Equal((id, Roles.Editor), (workspace.Id, workspace.Role));
        Assert.Equal(
            ["create workspace", "create invitation", "delete invitation", "create member"],
            (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id)).Select(a => a.What));
    }

    [Fact]
    public async Task The_mail_is_plain_text_with_the_link_in_one_piece()
    {
        var (owner, id) = await WorkspaceAsync("Newsroom of Zoë");
        var email = AccountsHttp.NewEmail();
        await InviteAsync(owner, id, email).ShouldBeAsync(HttpStatusCode.Created);

        var mail = await MailTo(email);

        Assert.Contains("Content-Type: text/plain; charset=utf-8", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"(?m)^http://127\.0\.0\.1:\d+/invite\?token=[A-Za-z0-9_-]{43}\r?$", mail);
        Assert.Contains("Newsroom of Zoë", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_may_be_invited_too_and_is_a_member_only_when_it_accepts()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");

        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);

        await bob.Client.GetAsync($"/api/workspaces/{id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
        var token = TokenIn(await MailTo(bob.Email));
        await AcceptAsync(bob.Client, token).ShouldBeAsync(HttpStatusCode.OK);
        await InviteAsync(owner, id, bob.Email).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task The_link_is_good_once()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(bob.Email));

        await AcceptAsync(server.Anonymous, token).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AcceptAsync(bob.Client, token)));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode)); // the same link again shows the way in
        Assert.Single((await server.AnnouncedOnAsync(Channels.WorkspaceKind, id)), a => a.What == "create member");
        await owner.Client.DeleteAsync($"/api/workspaces/{id}/members/{bob.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await AcceptAsync(bob.Client, token).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound); // but does not let back in
    }

    [Fact]
    public async Task An_account_of_another_address_comes_in_by_the_link_and_the_inviter_is_told()
    {
        var (owner, id) = await WorkspaceAsync();
        var email = AccountsHttp.NewEmail();
        await InviteAsync(owner, id, email).ShouldBeAsync(HttpStatusCode.Created);
        var robert = await server.SignedInAs("robert");

        await AcceptAsync(robert.Client, TokenIn(await MailTo(email))).ShouldBeAsync(HttpStatusCode.OK);

        var notice = await server.MailToAsync(owner.Email, mail => mail.Contains("another address", StringComparison.Ordinal));
        Assert.Contains(email, notice, StringComparison.Ordinal);
        Assert.Contains(robert.Email, notice, StringComparison.Ordinal);
        var (what, data) = (await server.AnnouncedOnAsync(Channels.UserKind, owner.Id))[^1];
        Assert.Equal(("update invitation", email, robert.Id),
            (what, data.GetProperty("email").GetString(), data.GetProperty("acceptedBy").GetProperty("userId").GetGuid()));
    }

    [Fact]
    public async Task The_inviter_hears_nothing_of_it_when_the_address_is_the_one_that_was_invited()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);

        await AcceptAsync(bob.Client, TokenIn(await MailTo(bob.Email))).ShouldBeAsync(HttpStatusCode.OK);

        Assert.DoesNotContain(await server.AnnouncedOnAsync(Channels.UserKind, owner.Id), a => a.What.EndsWith(" invitation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_link_is_one_seat_for_however_many_come_at_once()
    {
        var (owner, id) = await WorkspaceAsync();
        var email = AccountsHttp.NewEmail();
        await InviteAsync(owner, id, email).ShouldBeAsync(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(email));
        var people = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => server.SignedInAs($"p{i}")));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var response = await AcceptAsync(people[i % people.Length].Client, token);
            return (Person: i % people.Length, response.StatusCode);
        }));

        var winner = Assert.Single(answers.Where(a => a.StatusCode == HttpStatusCode.OK).Select(a => a.Person).Distinct());
        Assert.All(answers, a => Assert.Equal(a.Person == winner ? HttpStatusCode.OK : HttpStatusCode.NotFound, a.StatusCode));
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from workspaces.membership where workspace_id = $1", id));
    }

    [Fact]
    public async Task Open_invitations_are_listed_page_by_page_until_they_are_accepted()
    {
        var (owner, id) = await WorkspaceAsync();
        var viewer = await server.SignedInAs("viewer");
        await TestServer.AddMember(owner, id, viewer, Roles.Viewer);
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);
        var others = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            others.Add(AccountsHttp.NewEmail());
            await InviteAsync(owner, id, others[^1], Roles.Viewer).ShouldBeAsync(HttpStatusCode.Created);
        }
        await AcceptAsync(bob.Client, TokenIn(await MailTo(bob.Email))).ShouldBeAsync(HttpStatusCode.OK);

        var first = await viewer.Client.GetAsync($"/api/workspaces/{id}/invitations?limit=2", Stop).ReadAsync<Page<Invitation>>();
        var second = await viewer.Client.GetAsync($"/api/workspaces/{id}/invitations?limit=2&cursor={first.Next}", Stop).ReadAsync<Page<Invitation>>();

        Assert.Equal(others.Order(), first.Items.Concat(second.Items).Select(i => i.Email).Order());
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task An_invitation_that_was_taken_back_opens_nothing()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        var invitation = await InviteAsync(owner, id, bob.Email).ReadAsync<Invitation>(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(bob.Email));

        await RevokeAsync(owner, id, invitation.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        await AcceptAsync(bob.Client, token).ShouldBeAsync(HttpStatusCode.NotFound);
        await server.Anonymous.GetAsync($"/api/invitations/{token}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
        await RevokeAsync(owner, id, invitation.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal("delete invitation", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id))[^1].What);
        Assert.Empty((await owner.Client.GetAsync($"/api/workspaces/{id}/invitations", Stop).ReadAsync<Page<Invitation>>()).Items);
    }

    [Fact]
    public async Task Taking_back_and_accepting_at_once_is_one_of_both()
    {
        for (var round = 0; round < 5; round++)
        {
            var (owner, id) = await WorkspaceAsync();
            var bob = await server.SignedInAs("bob");
            var invitation = await InviteAsync(owner, id, bob.Email).ReadAsync<Invitation>(HttpStatusCode.Created);
            var token = TokenIn(await MailTo(bob.Email));

            var answers = await Task.WhenAll(AcceptAsync(bob.Client, token), RevokeAsync(owner, id, invitation.Id));

            Assert.Single(answers, a => a.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task Sent_again_it_has_a_new_link_and_its_whole_time()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        var invitation = await InviteAsync(owner, id, bob.Email).ReadAsync<Invitation>(HttpStatusCode.Created);
        var first = TokenIn(await MailTo(bob.Email));
        server.Time.Advance(TimeSpan.FromMinutes(5));

        var again = await ResendAsync(owner, id, invitation.Id).ReadAsync<Invitation>(HttpStatusCode.Accepted);

        Assert.Equal((invitation.Id, TimeSpan.FromMinutes(5)), (again.Id, again.ExpiresAt - invitation.ExpiresAt));
        await AcceptAsync(bob.Client, first).ShouldBeAsync(HttpStatusCode.NotFound);
        await AcceptAsync(bob.Client, TokenIn(await MailTo(bob.Email, except: first))).ShouldBeAsync(HttpStatusCode.OK);
        await ResendAsync(owner, id, invitation.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Editor, true)]
    [InlineData(Roles.Admin, Roles.Owner, false)]
    [InlineData(Roles.Editor, Roles.Viewer, false)]
    public async Task Invitations_are_changed_by_who_may_have_sent_them(string role, string given, bool may)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await TestServer.AddMember(owner, id, bob, role);
        var email = AccountsHttp.NewEmail();
        var invitation = await InviteAsync(owner, id, email, given).ReadAsync<Invitation>(HttpStatusCode.Created);

        await ResendAsync(bob, id, invitation.Id).ShouldBeAsync(may ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden);
        // Inviting the same address anew would replace it all the same.
        await InviteAsync(bob, id, email, Roles.Viewer).ShouldBeAsync(may ? HttpStatusCode.Created : HttpStatusCode.Forbidden);
        await RevokeAsync(bob, id, invitation.Id).ShouldBeAsync(may ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Whoever_holds_the_link_sees_what_it_leads_to_without_signing_in()
    {
        var (owner, id) = await WorkspaceAsync("Newsroom");
        var email = AccountsHttp.NewEmail();
        var invitation = await InviteAsync(owner, id, email, Roles.Viewer).ReadAsync<Invitation>(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(email));

        var preview = await server.Anonymous.GetAsync($"/api/invitations/{token}", Stop).ReadAsync<InvitationPreview>();

        Assert.Equal(new InvitationPreview("Newsroom", Roles.Viewer, email, owner.Name, invitation.ExpiresAt), preview);
        server.Time.Leap(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await server.Anonymous.GetAsync($"/api/invitations/{token}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Anonymous.GetAsync("/api/invitations/nonsense", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Inviting_again_replaces_the_link()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);
        var first = TokenIn(await MailTo(bob.Email));
        await InviteAsync(owner, id, bob.Email, Roles.Viewer).ShouldBeAsync(HttpStatusCode.Created);
        var second = TokenIn(await MailTo(bob.Email, except: first));

        await AcceptAsync(bob.Client, first).ShouldBeAsync(HttpStatusCode.NotFound);

        Assert.Equal(Roles.Viewer, (await AcceptAsync(bob.Client, second).ReadAsync<Workspace>()).Role);
        Assert.Contains("update invitation", (await server.AnnouncedOnAsync(Channels.WorkspaceKind, id)).Select(a => a.What));
    }

    [Fact]
    public async Task Adding_the_person_otherwise_withdraws_the_invitation()
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email, Roles.Admin).ShouldBeAsync(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(bob.Email));

        await TestServer.AddMember(owner, id, bob, Roles.Viewer);

        await AcceptAsync(bob.Client, token).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal(Roles.Viewer, (await bob.Client.GetAsync($"/api/workspaces/{id}", Stop).ReadAsync<Workspace>()).Role);
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.NotFound)]
    public async Task The_link_runs_out_after_seven_days(int seconds, HttpStatusCode expected)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await InviteAsync(owner, id, bob.Email).ShouldBeAsync(HttpStatusCode.Created);
        var token = TokenIn(await MailTo(bob.Email));

        server.Time.Leap(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(seconds));
        var again = await server.AnotherLogInAsync(bob);
        bob.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", again.AccessToken);

        await AcceptAsync(bob.Client, token).ShouldBeAsync(expected);
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Editor, HttpStatusCode.Created)]
    [InlineData(Roles.Admin, Roles.Owner, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Editor, Roles.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Viewer, Roles.Viewer, HttpStatusCode.Forbidden)]
    public async Task People_are_invited_by_who_may(string role, string given, HttpStatusCode expected)
    {
        var (owner, id) = await WorkspaceAsync();
        var bob = await server.SignedInAs("bob");
        await TestServer.AddMember(owner, id, bob, role);

        await InviteAsync(bob, id, AccountsHttp.NewEmail(), given).ShouldBeAsync(expected);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_link_of_ours_is_not_found(string token)
    {
        var bob = await server.SignedInAs("bob");

        await AcceptAsync(bob.Client, token).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task The_database_does_not_know_the_link()
    {
        var (owner, id) = await WorkspaceAsync();
        var email = AccountsHttp.NewEmail();
        await InviteAsync(owner, id, email).ShouldBeAsync(HttpStatusCode.Created);
        var token = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(TokenIn(await MailTo(email)));

        var row = await server.ScalarAsync<string>("select i::text from workspaces.invitation i where workspace_id = $1", id);

        Assert.DoesNotContain(Convert.ToHexStringLower(token), row, StringComparison.Ordinal);
    }

    private async Task<(TestUser Owner, Guid Id)> WorkspaceAsync(string name = "Newsroom")
    {
        var owner = await server.SignedInAs("ada");
        return (owner, await TestServer.CreateWorkspace(owner, name));
    }

    private async Task<HttpClient> RegisterAsync(string email)
    {
        var answer = await server.Anonymous.RegisterAsync(email).ReadAsync<LoggedIn>(HttpStatusCode.Created);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.AccessToken);
        return client;
    }

    private static Task<HttpResponseMessage> InviteAsync(TestUser user, Guid id, string email, string role = Roles.Editor) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{id}/invitations", new { email, role }, Stop);

    private static Task<HttpResponseMessage> RevokeAsync(TestUser user, Guid id, Guid invitation) =>
        user.Client.DeleteAsync($"/api/workspaces/{id}/invitations/{invitation}", Stop);

    private static Task<HttpResponseMessage> ResendAsync(TestUser user, Guid id, Guid invitation) =>
        user.Client.PostAsync($"/api/workspaces/{id}/invitations/{invitation}/resend", null, Stop);

    private static Task<HttpResponseMessage> AcceptAsync(HttpClient client, string token) =>
        client.PostAsync($"/api/invitations/{token}/accept", null, Stop);

    private Task<string> MailTo(string email, string except = "no such text") =>
        server.MailToAsync(email, mail => mail.Contains("/invite?token=", StringComparison.Ordinal) && !mail.Contains(except, StringComparison.Ordinal));

    private static string TokenIn(string mail) => Link().Match(mail).Groups["token"].Value;

    [GeneratedRegex(@"/invite\?token=(?<token>[A-Za-z0-9_-]{43})", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
