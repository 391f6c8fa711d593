using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-1")]
public class RegisterTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registering_makes_an_account_and_logs_in()
    {
        var email = AccountsHttp.NewEmail();

        var answer = await server.Anonymous.RegisterAsync(email, name: "  Ada Lovelace ").ReadAsync<LoggedIn>(HttpStatusCode.Created);

        Assert.Equal((email, "Ada Lovelace", false, 1), (answer.User.Email, answer.User.Name, answer.User.EmailVerified, answer.User.Version));
        Assert.Equal(900, answer.ExpiresIn);
        var claims = System.Text.Json.JsonElement.Parse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(answer.AccessToken.Split('.')[1])));
        Assert.Equal(answer.User.Id, claims.GetProperty("sub").GetGuid());
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(answer.User, await server.Anonymous.MeAsync(answer.AccessToken).ReadAsync<User>());
        await server.Anonymous.RefreshAsync(answer.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task Registering_is_announced_on_the_persons_own_channel()
    {
        var user = await server.SignedInAs("ada");

        var announced = await server.AnnouncedOnAsync(Channels.UserKind, user.Id);

        Assert.Equal(["create user", "create session"], announced.Select(a => a.What));
        Assert.Equal(user.Email, announced[0].Data.GetProperty("email").GetString());
        Assert.False(announced[1].Data.TryGetProperty("current", out _));
    }

    [Fact]
    [Trait("security", "SEC-SESS-02")]
    public async Task Neither_password_nor_token_is_kept_in_clear()
    {
        var answer = await server.Anonymous.RegisterAsync(AccountsHttp.NewEmail(), "a password of mine").ReadAsync<LoggedIn>(HttpStatusCode.Created);

        var account = await server.ScalarAsync<string>("select a::text from accounts.user_account a where id = $1", answer.User.Id);
        var tokens = await server.ScalarAsync<string>("select string_agg(t::text, ' ') from accounts.refresh_token t where user_id = $1", answer.User.Id);
        var token = Convert.ToHexStringLower(WebEncoders.Base64UrlDecode(answer.RefreshToken!));

        Assert.DoesNotContain("a password of mine", account, StringComparison.Ordinal);
        Assert.DoesNotContain(token, tokens, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.RefreshToken!, tokens, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("spec", "AU-2")]
    [Trait("security", "SEC-SESS-01")]
    public async Task A_browser_gets_its_refresh_token_as_a_cookie_that_no_script_can_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/register")
        {
            Content = JsonContent.Create(new { email = AccountsHttp.NewEmail(), password = TestUser.Password, name = "Ada" }),
            Headers = { { "X-Renexus-Client", "browser" } },
        };
        using var response = await server.Anonymous.SendAsync(request, Stop);

        var body = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync(Stop));
        Assert.False(body.TryGetProperty("refreshToken", out _));
        Assert.True(body.TryGetProperty("accessToken", out _));
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("renexus-refresh=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/api/auth", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("; secure", cookie, StringComparison.Ordinal); // the address is plain http
    }

    [Fact]
    public async Task An_address_has_one_account_however_it_is_written()
    {
        var email = AccountsHttp.NewEmail();
        await server.Anonymous.RegisterAsync(email).ShouldBeAsync(HttpStatusCode.Created);

        await server.Anonymous.RegisterAsync(email.ToUpperInvariant()).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task Of_many_who_take_an_address_at_once_one_gets_it()
    {
        var email = AccountsHttp.NewEmail();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Anonymous.RegisterAsync(email)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("""{"password":"long enough","name":"Ada"}""", "email")]
    [InlineData("""{"email":"no address","password":"long enough","name":"Ada"}""", "email")]
    [InlineData("""{"email":"ada@example.com","name":"Ada"}""", "password")]
    [InlineData("""{"email":"ada@example.com","password":"7 chars","name":"Ada"}""", "password")]
    [InlineData("""{"email":"ada@example.com","password":"Ada@Example.com","name":"Ada"}""", "password")]
    [InlineData("""{"email":"ada@example.com","password":"long enough"}""", "name")]
    [InlineData("""{"email":"ada@example.com","password":"long enough","name":"  "}""", "name")]
    [InlineData("""{"email":"ada@example.com","password":"long enough","name":"Ada\r\nBcc: all@example.com"}""", "name")]
    [InlineData("""{"email":"ada@example.com","password":"long enough","name":"Ada","isOperator":true}""", "isOperator")]
    [InlineData("""{"email":"ada@example.com","email":"bob@example.com","password":"long enough","name":"Ada"}""", "email")]
    public async Task Bad_input_is_refused_and_its_field_named(string body, string field)
    {
        var problem = await server.Anonymous.PostAsync("/api/auth/register", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Fact]
    [Trait("req", "ASVS-6.2")]
    public async Task A_password_may_be_200_characters_of_any_kind_and_is_compared_exactly()
    {
        var email = AccountsHttp.NewEmail();
        var password = " " + string.Concat(Enumerable.Repeat("пароль🔑", 24)) + " ";
        await server.Anonymous.RegisterAsync(email, password).ShouldBeAsync(HttpStatusCode.Created);

        await server.Anonymous.LogInAsync(email, password).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.LogInAsync(email, password.Trim()).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }
}
