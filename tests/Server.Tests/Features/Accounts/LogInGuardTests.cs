using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-5")]
[Trait("security", "SEC-AUTH-05")]
public class LogInGuardTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>, IAsyncLifetime
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>All tests guess from one network, which must not carry the failures of the ones before.</summary>
    public async ValueTask InitializeAsync() => await server.ScalarAsync<int>("delete from accounts.throttle");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task After_five_failures_each_further_one_holds_longer()
    {
        var user = await server.SignedInAs("ada");
        await GuessAsync(user.Email, times: 6);

        var waits = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            waits.Add(await HeldForAsync(user.Email));
            await GuessAsync(user.Email);
        }

        Assert.Equal([1, 2, 4, 8], waits);
    }

    [Fact]
    public async Task While_it_is_held_even_the_right_password_is_answered_as_a_wrong_one()
    {
        var user = await server.SignedInAs("ada");
        var wrong = await server.Anonymous.LogInAsync(user.Email, "a guess").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await GuessAsync(user.Email, times: 5);

        var held = await server.Anonymous.LogInAsync(user.Email).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

        Assert.Equal(wrong with { TraceId = null }, held with { TraceId = null });
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_attack_keeps_nobody_out_of_a_device_that_has_logged_in_before()
    {
        var user = await server.SignedInAs("ada");
        var device = (await server.AnotherLogInAsync(user)).DeviceToken!;
        await AttackAsync(user.Email);

        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = TestUser.Password, deviceToken = device }, Stop)
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_browser_is_known_by_its_cookie_and_a_token_of_another_account_is_not()
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var adas = await DeviceCookieAsync(ada);
        var bobs = await DeviceCookieAsync(bob);
        await AttackAsync(ada.Email);

        Assert.Equal(HttpStatusCode.OK, await LogInAsBrowserAsync(ada.Email, adas));
        Assert.Equal(HttpStatusCode.Unauthorized, await LogInAsBrowserAsync(ada.Email, bobs));
        Assert.Equal(HttpStatusCode.Unauthorized, await LogInAsBrowserAsync(ada.Email, "renexus-device=nonsense"));
    }

    [Fact]
    public async Task Whoever_holds_a_known_device_is_held_up_too_when_guessing()
    {
        var user = await server.SignedInAs("ada");
        var device = (await server.AnotherLogInAsync(user)).DeviceToken!;
        for (var i = 0; i < 6; i++)
            await LogInAsync(user.Email, "a guess", device).ShouldBeAsync(HttpStatusCode.Unauthorized);

        await LogInAsync(user.Email, TestUser.Password, device).ShouldBeAsync(HttpStatusCode.Unauthorized);

        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK); // the others are not touched
    }

    [Fact]
    public async Task Ten_thousand_guesses_in_an_hour_are_less_than_a_hundred_comparisons()
    {
        var user = await server.SignedInAs("ada");
        var until = server.Time.GetUtcNow() + TimeSpan.FromHours(1);

        // As fast as each hold allows: more tries than these would only find it closed.
        while (server.Time.GetUtcNow() < until)
        {
            await GuessAsync(user.Email);
            server.Time.Advance(await HoldOfAsync(user.Email) + TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(await CountAsync(user.Email, "wrong"), 6, 99);
    }

    [Fact]
    public async Task Many_guesses_at_the_same_moment_are_counted_one_by_one()
    {
        var user = await server.SignedInAs("ada");

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.Anonymous.LogInAsync(user.Email, "a guess")));

        Assert.Equal(6, await CountAsync(user.Email, "wrong"));
        Assert.Equal(24, await CountAsync(user.Email, "held"));
    }

    [Fact]
    public async Task No_hold_is_longer_than_a_quarter_of_an_hour_and_patience_is_rewarded()
    {
        var user = await server.SignedInAs("ada");
        await AttackAsync(user.Email, failures: 20);

        Assert.Equal(TimeSpan.FromMinutes(15), await HoldOfAsync(user.Email));

        server.Time.Leap(TimeSpan.FromHours(6));
        for (var i = 0; i < 4; i++)
            await GuessAsync(user.Email);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_counted_survives_a_restart_and_holds_on_every_node()
    {
        var user = await server.SignedInAs("ada");
        await AttackAsync(user.Email);

        await using var neighbour = await server.StartNeighbourAsync();

        // The hold of the one is the hold of the other, also for the right password.
        await neighbour.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(10, await FailuresAsync(user.Email));
    }

    [Fact]
    public async Task The_owner_is_told_once_a_day()
    {
        var user = await server.SignedInAs("ada");
        await AttackAsync(user.Email);
        server.Time.Leap(TimeSpan.FromHours(5));
        await AttackAsync(user.Email);
        await server.AllMailsAreSentAsync();

        var mail = Assert.Single(server.MailsTo(user.Email), m => m.Contains("Subject: Somebody tries to log in to your account", StringComparison.Ordinal));
        Assert.Contains("127.0.0.1", mail, StringComparison.Ordinal);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where action = 'session.locked' and person_id = $1 and at < $2",
            user.Id, (server.Time.GetUtcNow() - TimeSpan.FromHours(4)).UtcDateTime));
    }

    [Fact]
    public async Task Tries_at_what_is_no_account_are_held_and_recorded_alike_and_nobody_is_told()
    {
        var email = AccountsHttp.NewEmail();

        await GuessAsync(email, times: 8);
        await server.AllMailsAreSentAsync();

        Assert.Equal((6L, 2L), (await CountAsync(email, "wrong"), await CountAsync(email, "held")));
        Assert.Empty(server.MailsTo(email));
    }

    [Fact]
    public async Task Every_try_is_recorded_with_where_it_came_from()
    {
        var user = await server.SignedInAs("ada");
        await GuessAsync(user.Email);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("opened 127.0.0.1, wrong 127.0.0.1", await server.ScalarAsync<string>(
            "select string_agg(outcome || ' ' || host(address), ', ' order by outcome) from accounts.login_attempt where user_id = $1", user.Id));
    }

    [Fact]
    public async Task A_link_in_the_owners_mailbox_opens_the_way_again()
    {
        var user = await server.SignedInAs("ada");
        await AttackAsync(user.Email);
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = await server.TokenToAsync(user.Email, "reset");
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, password = "another horse entirely" }, Stop)
            .ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.LogInAsync(user.Email, "another horse entirely").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-08")]
    public async Task A_new_device_is_told_to_the_owner_who_ends_it_by_the_link()
    {
        var user = await server.SignedInAs("ada");
        using var login = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = JsonContent.Create(new { email = user.Email, password = TestUser.Password }),
            Headers = { { "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0" } },
        };
        var thief = await server.Anonymous.SendAsync(login, Stop).ReadAsync<LoggedIn>();

        var mail = await server.MailToAsync(user.Email, m => m.Contains("/not-me?token=", StringComparison.Ordinal));
        Assert.Contains("Firefox on Linux", mail, StringComparison.Ordinal);
        var token = Mails.TokenIn(mail);
        await DenyAsync(token).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(thief.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.RefreshAsync(thief.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.device where user_id = $1 and name = 'Firefox on Linux'", user.Id));
        await DenyAsync(token).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-08")]
    public async Task A_known_device_and_the_place_where_one_always_logs_in_are_no_news()
    {
        var user = await server.SignedInAs("ada");
        var device = (await server.AnotherLogInAsync(user)).DeviceToken!;
        await LogInAsync(user.Email, TestUser.Password, device).ShouldBeAsync(HttpStatusCode.OK);

        await server.AllMailsAreSentAsync();

        Assert.DoesNotContain(server.MailsTo(user.Email), m => m.Contains("/not-me?token=", StringComparison.Ordinal));
    }

    private async Task AttackAsync(string email, int failures = 10)
    {
        for (var i = 0; i < failures; i++)
        {
            server.Time.Advance(await HoldOfAsync(email) + TimeSpan.FromMilliseconds(1));
            await GuessAsync(email);
        }
    }

    private async Task GuessAsync(string email, int times = 1)
    {
        for (var i = 0; i < times; i++)
            await server.Anonymous.LogInAsync(email, "a guess").ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    /// <summary>Moves the clock to where the next try is looked at; answers how many seconds that took.</summary>
    private async Task<int> HeldForAsync(string email)
    {
        var hold = await HoldOfAsync(email);
        server.Time.Advance(hold);
        return (int)hold.TotalSeconds;
    }

    private async Task<TimeSpan> HoldOfAsync(string email)
    {
        var until = await server.ScalarAsync<DateTime>("select held_until from accounts.throttle where key = sha256(convert_to($1, 'UTF8'))", $"account\n{email}");
        var now = server.Time.GetUtcNow();
        return until > now.UtcDateTime ? until - now.UtcDateTime : TimeSpan.Zero;
    }

    private Task<int> FailuresAsync(string email) =>
        server.ScalarAsync<int>("select failures from accounts.throttle where key = sha256(convert_to($1, 'UTF8'))", $"account\n{email}");

    private Task<long> CountAsync(string email, string outcome) => server.ScalarAsync<long>(
        "select count(*) from accounts.login_attempt where email_hash = sha256(convert_to($1, 'UTF8')) and outcome = $2", email, outcome);

    private Task<HttpResponseMessage> DenyAsync(string token) => server.Anonymous.PostAsJsonAsync("/api/auth/sessions/deny", new { token }, Stop);

    private Task<HttpResponseMessage> LogInAsync(string email, string password, string deviceToken) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email, password, deviceToken }, Stop);

    private async Task<string> DeviceCookieAsync(TestUser user)
    {
        using var response = await SendAsBrowserAsync(user.Email, cookie: null);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("renexus-device=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("deviceToken", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        return cookie.Split(';')[0];
    }

    private async Task<HttpStatusCode> LogInAsBrowserAsync(string email, string cookie)
    {
        using var response = await SendAsBrowserAsync(email, cookie);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsBrowserAsync(string email, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = JsonContent.Create(new { email, password = TestUser.Password }),
            Headers = { { "X-Renexus-Client", "browser" }, { "Sec-Fetch-Site", "same-origin" } },
        };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await server.Anonymous.SendAsync(request, Stop);
    }
}
