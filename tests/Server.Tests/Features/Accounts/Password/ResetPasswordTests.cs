using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Password;

[Trait("spec", "AU-6")]
public class ResetPasswordTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private const string NewPassword = "another horse, another battery";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-RST-04")]
    public async Task The_link_sets_the_password_ends_every_log_in_opens_none_and_tells_the_owner()
    {
        var user = await server.SignedInAs("ada");
        var other = await server.AnotherLogInAsync(user);
        var token = await AskAsync(user.Email);

        using var answer = await ResetAsync(token);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync(Stop));
        foreach (var (access, refresh) in new[] { (user.AccessToken, user.RefreshToken), (other.AccessToken, other.RefreshToken) })
        {
            await server.Anonymous.MeAsync(access).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
            await server.Anonymous.RefreshAsync(refresh).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }

        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var logged = await server.Anonymous.LogInAsync(user.Email, NewPassword).ReadAsync<LoggedIn>();
        Assert.True(logged.User.EmailVerified); // whoever reads the mailbox has proven the address
        await server.MailToAsync(user.Email, mail => mail.Contains("Subject: Your password was changed", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task A_link_works_once_however_many_use_it_at_the_same_moment()
    {
        var user = await server.SignedInAs("ada");
        var token = await AskAsync(user.Email);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ResetAsync(token, $"{NewPassword} {i}")));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(4, answers.Count(a => a.StatusCode == HttpStatusCode.NotFound));
        await GoneAsync(token);
    }

    [Theory]
    [InlineData(29, HttpStatusCode.NoContent)]
    [InlineData(30, HttpStatusCode.NotFound)]
    [Trait("security", "SEC-RST-02")]
    public async Task A_link_runs_out_after_thirty_minutes(int minutes, HttpStatusCode expected)
    {
        var user = await server.SignedInAs("ada");
        var token = await AskAsync(user.Email);

        server.Time.Advance(TimeSpan.FromMinutes(minutes));

        await ResetAsync(token).ShouldBeAsync(expected);
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task The_newest_link_voids_the_one_before()
    {
        var user = await server.SignedInAs("ada");
        var first = await AskAsync(user.Email);
        var second = await AskAsync(user.Email, count: 2);

        await GoneAsync(first);

        await ResetAsync(second).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task Until_the_link_is_used_nothing_about_the_account_changes()
    {
        var user = await server.SignedInAs("ada");

        await AskAsync(user.Email);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(1, (await user.Client.GetAsync("/api/me", Stop).ReadAsync<User>()).Version);
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task A_dump_of_the_database_cannot_be_used_to_reset()
    {
        var user = await server.SignedInAs("ada");
        var token = await AskAsync(user.Email);
        await server.AllMailsAreSentAsync();

        var dump = await server.ScalarAsync<string>("""
            select (select string_agg(j::text, ' ') from jobs.done j) || (select string_agg(m::text, ' ') from mail.letter m) || (select string_agg(l::text, ' ') from accounts.link l)
            """);

        Assert.Contains("account.reset", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToHexStringLower(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(token)), dump, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task A_link_of_another_kind_resets_nothing()
    {
        var user = await server.SignedInAs("ada");

        await GoneAsync(await server.TokenToAsync(user.Email, "verify"));
        await GoneAsync("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await GoneAsync("nonsense");
    }

    [Fact]
    [Trait("security", "SEC-RST-02")]
    public async Task A_link_that_went_to_the_address_before_opens_nothing()
    {
        var user = await server.SignedInAs("ada");
        var token = await AskAsync(user.Email);
        await server.ScalarAsync<object>("update accounts.user_account set email = 'x' || email, email_key = 'x' || email_key where id = $1", user.Id);

        await GoneAsync(token);
    }

    [Fact]
    public async Task A_password_that_is_refused_leaves_the_link_good()
    {
        var user = await server.SignedInAs("ada");
        var token = await AskAsync(user.Email);

        await ResetAsync(token, "iloveyou").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        await ResetAsync(token).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("security", "SEC-RST-03")]
    public async Task The_link_leads_where_the_configuration_says_whatever_the_request_claims()
    {
        var user = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/password/forgot")
        {
            Content = JsonContent.Create(new { email = user.Email }),
            Headers = { { "X-Forwarded-Host", "evil.example" }, { "X-Forwarded-Proto", "https" }, { "Forwarded", "host=evil.example" } },
        };
        request.Headers.Host = "evil.example";
        await server.Anonymous.SendAsync(request, Stop).ShouldBeAsync(HttpStatusCode.Accepted);

        var mail = await server.MailToAsync(user.Email, mail => mail.Contains("/reset?token=", StringComparison.Ordinal));

        Assert.Matches(@"(?m)^http://127\.0\.0\.1:\d+/reset\?token=[A-Za-z0-9_-]{43}\r?$", mail);
        Assert.DoesNotContain("evil", mail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("security", "SEC-RST-03")]
    public async Task The_page_of_the_link_tells_nobody_its_address()
    {
        using var page = await server.Anonymous.GetAsync("/reset?token=x", Stop);

        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    [Trait("security", "SEC-RST-01")]
    public async Task Who_has_no_account_gets_the_same_answer_for_the_same_work_and_no_mail()
    {
        var user = await server.SignedInAs("ada");
        var stranger = AccountsHttp.NewEmail();

        using var known = await ForgotAsync(user.Email);
        using var unknown = await ForgotAsync(stranger);

        Assert.Equal(HttpStatusCode.Accepted, known.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
        Assert.Equal(await known.Content.ReadAsStringAsync(Stop), await unknown.Content.ReadAsStringAsync(Stop));
        Assert.Equal(
            known.Headers.Select(h => h.Key).Where(k => k != "Date").Order(), unknown.Headers.Select(h => h.Key).Where(k => k != "Date").Order());
        // The request only puts the wish down; whether there is an account is looked up later, elsewhere.
        await server.AllMailsAreSentAsync();
        Assert.Equal("dropped", await server.ScalarAsync<string>("select result::jsonb ->> 'outcome' from jobs.done where payload::jsonb ->> 'emailKey' = $1", stranger));
        Assert.Empty(server.MailsTo(stranger));
    }

    [Fact]
    [Trait("security", "SEC-RST-05")]
    public async Task The_sixth_wish_of_an_hour_sends_nothing_and_is_answered_the_same()
    {
        var user = await server.SignedInAs("ada");
        for (var i = 0; i < 6; i++)
            await ForgotAsync(user.Email).ShouldBeAsync(HttpStatusCode.Accepted);
        await server.AllMailsAreSentAsync();
        Assert.Equal(5, Resets(user));

        server.Time.Advance(TimeSpan.FromHours(1));
        await ForgotAsync(user.Email).ShouldBeAsync(HttpStatusCode.Accepted);
        await server.AllMailsAreSentAsync();
        Assert.Equal(6, Resets(user));
    }

    [Theory]
    [InlineData("""{}""", "email")]
    [InlineData("""{"email":"no address"}""", "email")]
    [InlineData("""{"email":"ada@example.com","host":"evil.example"}""", "host")]
    public async Task A_wish_that_makes_no_sense_is_refused(string body, string field)
    {
        var problem = await server.Anonymous.PostAsync("/api/auth/password/forgot", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    private int Resets(TestUser user) => server.MailsTo(user.Email).Count(mail => mail.Contains("/reset?token=", StringComparison.Ordinal));

    private async Task<string> AskAsync(string email, int count = 1)
    {
        await ForgotAsync(email).ShouldBeAsync(HttpStatusCode.Accepted);
        return await server.TokenToAsync(email, "reset", count);
    }

    private Task<HttpResponseMessage> ForgotAsync(string email) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email }, Stop);

    private Task<HttpResponseMessage> ResetAsync(string token, string password = NewPassword) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, password }, Stop);

    private Task<Problem> GoneAsync(string token) => ResetAsync(token).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
}
