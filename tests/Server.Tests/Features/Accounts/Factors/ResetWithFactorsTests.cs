using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

/// <summary>Who reads a mailbox has the password by a reset, and the second factor not by that.</summary>
[Trait("spec", "AU-6")]
[Trait("spec", "AU-7")]
[Trait("security", "SEC-RST-04")]
public sealed class ResetWithFactorsTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private const string NewPassword = "another horse, another battery";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reset_leaves_the_second_factor_on_and_logging_in_asks_for_it()
    {
        var ada = await server.SignedInAs("ada");
        var (app, recovery) = await server.WithTotpAsync(ada);

        await ResetAsync(ada);

        Assert.Equal(["totp", "recovery"], await MethodsAsync(ada));
        await LogInAsync(ada, app.WrongCode()).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
        await LogInAsync(ada, app.Code()).ShouldBeAsync(HttpStatusCode.OK);
        await LogInAsync(ada, recovery[0]).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_reset_ends_the_log_ins_of_an_account_with_a_second_factor_and_opens_none()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);
        var second = await LogInAsync(ada, app.Code(), TestUser.Password).ReadAsync<LoggedIn>();

        await ResetAsync(ada);

        foreach (var (access, refresh) in new[] { (ada.AccessToken, ada.RefreshToken), (second.AccessToken, second.RefreshToken) })
        {
            await server.Anonymous.MeAsync(access).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
            await server.Anonymous.RefreshAsync(refresh).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }

        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.session where user_id = $1 and ended_at is null", ada.Id));
    }

    [Fact]
    public async Task The_settings_say_that_it_is_still_on_with_the_codes_that_are_left()
    {
        var ada = await server.SignedInAs("ada");
        var (_, recovery) = await server.WithTotpAsync(ada);

        await ResetAsync(ada);

        var logIn = await LogInAsync(ada, recovery[3]).ReadAsync<LoggedIn>();
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", logIn.AccessToken);
        var security = await client.SecurityAsync();
        Assert.Equal((true, 9), (security.Totp, security.RecoveryCodesLeft));
        await LogInAsync(ada, recovery[3]).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
    }

    private async Task ResetAsync(TestUser user)
    {
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = await server.TokenToAsync(user.Email, "reset");
        using var answer = await server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, password = NewPassword }, Stop);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private async Task<string[]> MethodsAsync(TestUser user)
    {
        using var answer = await LogInAsync(user, code: null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(ProblemCodes.SecondFactorRequired, problem.GetProperty("code").GetString());
        return [.. problem.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)];
    }

    private Task<HttpResponseMessage> LogInAsync(TestUser user, string? code, string password = NewPassword) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password, code }, Stop);
}
