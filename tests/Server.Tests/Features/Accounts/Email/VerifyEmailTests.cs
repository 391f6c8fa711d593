using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Email;

[Trait("spec", "AU-6")]
[Trait("security", "SEC-AUTH-07")]
public class VerifyEmailTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registering_mails_a_link_that_proves_the_address_once()
    {
        var user = await server.SignedInAs("ada");
        var token = await server.TokenToAsync(user.Email, "verify");
        Assert.False((await MeAsync(user)).EmailVerified);

        await VerifyAsync(token).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal((true, 2L), (await MeAsync(user)) is var me ? (me.EmailVerified, me.Version) : default);
        Assert.True((await server.AnnouncedOnAsync(Channels.UserKind, user.Id))[^1].Data.GetProperty("emailVerified").GetBoolean());
        await GoneAsync(token);
    }

    [Fact]
    public async Task Looking_at_the_link_as_mail_scanners_do_uses_nothing_up()
    {
        var user = await server.SignedInAs("ada");
        var token = await server.TokenToAsync(user.Email, "verify");

        for (var i = 0; i < 3; i++)
            (await server.Anonymous.GetAsync($"/verify?token={token}", Stop)).Dispose();
        await server.Anonymous.GetAsync($"/api/auth/email/verify?token={token}", Stop).ShouldBeAsync(HttpStatusCode.MethodNotAllowed);

        Assert.False((await MeAsync(user)).EmailVerified);
        await VerifyAsync(token).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.NoContent)]
    [InlineData(0, HttpStatusCode.NotFound)]
    public async Task The_link_runs_out_after_a_day(int seconds, HttpStatusCode expected)
    {
        var user = await server.SignedInAs("ada");
        var token = await server.TokenToAsync(user.Email, "verify");

        server.Time.Leap(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(seconds));

        await VerifyAsync(token).ShouldBeAsync(expected);
    }

    [Fact]
    public async Task Another_mail_has_the_one_link_that_works()
    {
        var user = await server.SignedInAs("ada");
        var first = await server.TokenToAsync(user.Email, "verify");

        await user.Client.PostAsync("/api/auth/email/verification", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var second = await server.TokenToAsync(user.Email, "verify", count: 2);

        await GoneAsync(first);
        await VerifyAsync(second).ShouldBeAsync(HttpStatusCode.NoContent);
        await user.Client.PostAsync("/api/auth/email/verification", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        await server.AllMailsAreSentAsync();
        Assert.Equal(2, server.MailsTo(user.Email).Count(mail => mail.Contains("/verify?token=", StringComparison.Ordinal))); // nothing left to prove
    }

    [Fact]
    [Trait("security", "SEC-RST-05")]
    public async Task Asking_again_and_again_sends_five_an_hour()
    {
        var user = await server.SignedInAs("ada");
        for (var i = 0; i < 8; i++)
            await user.Client.PostAsync("/api/auth/email/verification", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted);

        await server.AllMailsAreSentAsync();

        Assert.Equal(1 + 5, server.MailsTo(user.Email).Count(mail => mail.Contains("/verify?token=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_new_address_is_the_accounts_when_its_mailbox_has_answered_and_the_old_one_is_told()
    {
        var user = await server.SignedInAs("ada");
        var old = await server.TokenToAsync(user.Email, "verify");
        var wanted = AccountsHttp.NewEmail();

        var patched = await user.Client.PatchAsJsonAsync("/api/me", new { email = wanted }, Stop).ReadAsync<User>();
        Assert.Equal(user.Email, patched.Email);
        var token = await server.TokenToAsync(wanted, "verify");
        await GoneAsync(old); // the newest voids the older
        await VerifyAsync(token).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal((wanted, true), (await MeAsync(user)) is var me ? (me.Email, me.EmailVerified) : default);
        await server.Anonymous.LogInAsync(wanted).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var notice = await server.MailToAsync(user.Email, mail => mail.Contains("Subject: Your email address was changed", StringComparison.Ordinal));
        Assert.Contains(wanted, notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_link_in_the_old_mailbox_opens_nothing_after_the_change()
    {
        var user = await server.SignedInAs("ada");
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var reset = await server.TokenToAsync(user.Email, "reset");
        var wanted = AccountsHttp.NewEmail();
        await user.Client.PatchAsJsonAsync("/api/me", new { email = wanted }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await VerifyAsync(await server.TokenToAsync(wanted, "verify")).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token = reset, password = "another horse entirely" }, Stop)
            .ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Somebody_elses_address_is_not_taken_and_not_told_apart()
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");

        await ada.Client.PatchAsJsonAsync("/api/me", new { email = bob.Email }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await server.AllMailsAreSentAsync();

        await server.MailToAsync(bob.Email, mail => mail.Contains("Subject: This address has an account already", StringComparison.Ordinal));
        Assert.Single(server.MailsTo(bob.Email), mail => mail.Contains("/verify?token=", StringComparison.Ordinal)); // bob's own, from registering
        Assert.Equal(ada.Email, (await MeAsync(ada)).Email);
    }

    [Fact]
    public async Task Of_two_who_want_one_address_the_first_to_prove_it_has_it()
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var wanted = AccountsHttp.NewEmail();
        await ada.Client.PatchAsJsonAsync("/api/me", new { email = wanted }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        var adas = await server.TokenToAsync(wanted, "verify");
        await bob.Client.PatchAsJsonAsync("/api/me", new { email = wanted }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        var bobs = await server.TokenToAsync(wanted, "verify", count: 2);

        await VerifyAsync(bobs).ShouldBeAsync(HttpStatusCode.NoContent);

        await VerifyAsync(adas).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task Who_is_not_signed_in_asks_for_no_mail() =>
        await server.Anonymous.PostAsync("/api/auth/email/verification", null, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);

    private static Task<User> MeAsync(TestUser user) => user.Client.GetAsync("/api/me", Stop).ReadAsync<User>();

    private Task<HttpResponseMessage> VerifyAsync(string token) => server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token }, Stop);

    private Task<Problem> GoneAsync(string token) => VerifyAsync(token).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
}
