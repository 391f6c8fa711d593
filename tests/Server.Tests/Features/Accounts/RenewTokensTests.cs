using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-2")]
public class RenewTokensTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refresh_token_is_exchanged_for_new_tokens()
    {
        var user = await server.SignedInAs("ada");

        var renewed = await RenewAsync(user.RefreshToken);

        Assert.NotEqual(user.RefreshToken, renewed.RefreshToken);
        Assert.Equal(900, renewed.ExpiresIn);
        await server.Anonymous.MeAsync(renewed.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await RenewAsync(renewed.RefreshToken!);
    }

    [Fact]
    [Trait("security", "SEC-SESS-03")]
    public async Task Two_hundred_at_once_with_one_token_get_one_successor()
    {
        var user = await server.SignedInAs("ada");

        var renewed = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RenewAsync(user.RefreshToken)));

        var successor = Assert.Single(renewed.Select(r => r.RefreshToken).Distinct());
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from accounts.refresh_token where user_id = $1", user.Id));
        await RenewAsync(successor!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [Trait("security", "SEC-SESS-05")]
    public async Task A_lost_answer_is_given_again_within_ten_seconds(int seconds)
    {
        var user = await server.SignedInAs("ada");
        var first = await RenewAsync(user.RefreshToken);
        server.Time.Advance(TimeSpan.FromSeconds(seconds));

        var again = await RenewAsync(user.RefreshToken);

        Assert.Equal(first.RefreshToken, again.RefreshToken);
        await RenewAsync(again.RefreshToken!);
    }

    [Fact]
    [Trait("security", "SEC-SESS-05")]
    public async Task An_older_generation_ends_the_log_in_even_within_ten_seconds()
    {
        var user = await server.SignedInAs("ada");
        var second = await RenewAsync(user.RefreshToken);
        var third = await RenewAsync(second.RefreshToken!);

        await RefusedAsync(user.RefreshToken);

        await EndedAsync(user, third);
    }

    [Fact]
    [Trait("security", "SEC-SESS-04")]
    public async Task A_thief_who_comes_after_the_victim_ends_the_log_in()
    {
        var user = await server.SignedInAs("ada");
        var victim = await RenewAsync(user.RefreshToken);
        server.Time.Advance(Grace + Second);

        await RefusedAsync(user.RefreshToken);

        await EndedAsync(user, victim);
    }

    [Fact]
    [Trait("security", "SEC-SESS-04")]
    public async Task A_thief_who_comes_first_loses_the_log_in_when_the_victim_comes()
    {
        var user = await server.SignedInAs("ada");
        var thief = await RenewAsync(user.RefreshToken);
        thief = await RenewAsync(thief.RefreshToken!);
        server.Time.Advance(Grace + Second);

        await RefusedAsync(user.RefreshToken);

        await EndedAsync(user, thief);
    }

    [Fact]
    [Trait("security", "SEC-SESS-06")]
    public async Task A_token_lasts_seven_days_from_its_rotation()
    {
        var early = await server.SignedInAs("ada");
        var late = await server.SignedInAs("bob");
        server.Time.Leap(TimeSpan.FromDays(7) - Second);
        await RenewAsync(early.RefreshToken);

        server.Time.Advance(Second + Second);

        await RefusedAsync(late.RefreshToken);
        await EndsAloneAsync(late);
    }

    [Fact]
    [Trait("security", "SEC-SESS-06")]
    public async Task However_often_it_is_renewed_a_log_in_ends_after_thirty_days()
    {
        var user = await server.SignedInAs("ada");
        var token = user.RefreshToken;
        for (var i = 0; i < 5; i++)
        {
            server.Time.Leap(TimeSpan.FromDays(6) - (i == 4 ? Second : TimeSpan.Zero));
            token = (await RenewAsync(token)).RefreshToken!;
        }

        server.Time.Advance(Second + Second);

        await RefusedAsync(token);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_token_of_ours_is_refused(string? token) => await RefusedAsync(token);

    [Fact]
    public async Task An_access_token_is_no_refresh_token()
    {
        var user = await server.SignedInAs("ada");

        await server.Anonymous.RefreshAsync(user.AccessToken[..43]).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("security", "SEC-SESS-01")]
    public async Task A_browser_renews_with_its_cookie_and_gets_the_next_one_as_a_cookie()
    {
        var cookie = await LogInAsBrowserAsync();

        using var response = await RefreshAsBrowserAsync(cookie);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var renewed = await response.Content.ReadFromJsonAsync<RenewedTokens>(ContractsJson.Lenient.Options, Stop);
        Assert.Null(renewed!.RefreshToken);
        var next = CookieOf(response);
        Assert.NotEqual(cookie, next);
        using var again = await RefreshAsBrowserAsync(next);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("browser", "cross-site", "https://evil.example")]
    [InlineData("browser", "same-site", "https://evil.example")]
    [InlineData("browser", null, "https://evil.example")]
    [InlineData("browser", null, "null")]
    [Trait("security", "SEC-CSRF-01")]
    public async Task The_cookie_does_not_work_for_foreign_pages(string? client, string? site, string? origin)
    {
        var cookie = await LogInAsBrowserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh") { Headers = { { "Cookie", cookie } } };
        foreach (var (name, value) in new[] { ("X-Renexus-Client", client), ("Sec-Fetch-Site", site), ("Origin", origin) })
        {
            if (value is not null)
                request.Headers.Add(name, value);
        }

        await server.Anonymous.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        using var own = await RefreshAsBrowserAsync(cookie);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task A_browser_whose_token_is_refused_loses_the_cookie()
    {
        using var response = await RefreshAsBrowserAsync("renexus-refresh=nonsense");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("renexus-refresh=;", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    private Task<RenewedTokens> RenewAsync(string token) => server.Anonymous.RefreshAsync(token).ReadAsync<RenewedTokens>();

    private Task<Problem> RefusedAsync(string? token) =>
        server.Anonymous.RefreshAsync(token).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

    /// <summary>The whole family is dead: the newest refresh token, and the access tokens.</summary>
    private async Task EndedAsync(TestUser user, RenewedTokens newest)
    {
        await RefusedAsync(newest.RefreshToken);
        await server.Anonymous.MeAsync(newest.AccessToken).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        Assert.Equal("token_reused", await server.ScalarAsync<string>("select ended_because from accounts.session where user_id = $1", user.Id));
    }

    /// <summary>Running out is no theft.</summary>
    private async Task EndsAloneAsync(TestUser user) =>
        Assert.Null(await server.ScalarAsync<object>("select ended_because from accounts.session where user_id = $1 and ended_because is not null", user.Id));

    private async Task<string> LogInAsBrowserAsync()
    {
        var user = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = JsonContent.Create(new { email = user.Email, password = TestUser.Password }),
            Headers = { { "X-Renexus-Client", "browser" }, { "Sec-Fetch-Site", "same-origin" } },
        };
        using var response = await server.Anonymous.SendAsync(request, Stop);
        return CookieOf(response);
    }

    private Task<HttpResponseMessage> RefreshAsBrowserAsync(string cookie) => server.Anonymous.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh")
        {
            Headers = { { "Cookie", cookie }, { "X-Renexus-Client", "browser" }, { "Sec-Fetch-Site", "same-origin" } },
        },
        Stop);

    private static string CookieOf(HttpResponseMessage response) =>
        Assert.Single(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("renexus-refresh=", StringComparison.Ordinal)).Split(';')[0];
}
