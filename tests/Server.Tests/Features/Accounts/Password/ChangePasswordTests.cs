using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Password;

[Trait("spec", "AU-6")]
public class ChangePasswordTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private const string NewPassword = "another horse, another battery";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task Changing_it_ends_the_other_log_ins_and_tells_the_owner()
    {
        var user = await server.SignedInAs("ada");
        var other = await server.AnotherLogInAsync(user);

        await ChangeAsync(user, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.MeAsync(other.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.RefreshAsync(other.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.LogInAsync(user.Email, NewPassword).ShouldBeAsync(HttpStatusCode.OK);
        await server.MailToAsync(user.Email, mail => mail.Contains("Subject: Your password was changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_was_mailed_before_opens_nothing_after()
    {
        var user = await server.SignedInAs("ada");
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = await server.TokenToAsync(user.Email, "reset");

        await ChangeAsync(user, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, password = "yet another one" }, Stop).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not the password")]
    public async Task An_open_browser_is_not_enough(string? current)
    {
        var user = await server.SignedInAs("ada");

        var problem = await ChangeAsync(user, current).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("currentPassword", problem.Errors!.Keys);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-05")]
    public async Task Guessing_the_own_password_is_held_up_and_the_door_stays_open()
    {
        var user = await server.SignedInAs("ada");
        for (var i = 0; i < 6; i++)
            await ChangeAsync(user, "a guess").ShouldBeAsync(HttpStatusCode.BadRequest);

        await ChangeAsync(user, TestUser.Password).ShouldBeAsync(HttpStatusCode.BadRequest);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);

        server.Time.Advance(TimeSpan.FromMinutes(1));
        await ChangeAsync(user, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Who_is_not_signed_in_changes_nothing() =>
        await server.Anonymous.PutAsJsonAsync("/api/me/password", new { password = NewPassword }, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);

    private static Task<HttpResponseMessage> ChangeAsync(TestUser user, string? currentPassword) =>
        user.Client.PutAsJsonAsync("/api/me/password", new { currentPassword, password = NewPassword }, Stop);
}
