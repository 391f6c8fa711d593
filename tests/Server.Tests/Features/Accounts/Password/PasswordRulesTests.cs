using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Password;

[Trait("spec", "AU-1")]
[Trait("security", "SEC-AUTH-06")]
public class PasswordRulesTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly PasswordRules Rules = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_list_is_long_and_has_what_everybody_would_try_first()
    {
        Assert.True(CommonPasswords.Count >= 10_000, $"Only {CommonPasswords.Count}.");
        Assert.All(
            ["password", "12345678", "qwertyuiop", "iloveyou", "1q2w3e4r", "Password1", "TRUSTNO1", " football "],
            password => Assert.True(CommonPasswords.Contains(password), password));
    }

    [Fact]
    public async Task Twelve_random_characters_will_do()
    {
        for (var i = 0; i < 1000; i++)
        {
            var password = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
            Assert.True(await IsGoodAsync(password), password);
        }
    }

    [Theory]
    [InlineData("password")]
    [InlineData("Ada.Lovelace@example.com")]
    [InlineData("ada.lovelace")]
    [InlineData("ada.lovelace1")]
    [InlineData("Lovelace2026")]
    [InlineData("Ada Lovelace!")]
    [InlineData("renexus1")]
    [InlineData("Renexus2026!")]
    public async Task What_others_would_try_first_is_refused(string password) => Assert.False(await IsGoodAsync(password));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("renexus is where we write")]
    [InlineData("aaaaaaaab1c2")]
    [InlineData("        пароль  ")]
    public async Task Of_what_kinds_its_characters_are_is_nobodys_business(string password) => Assert.True(await IsGoodAsync(password));

    [Fact]
    public async Task Registering_names_the_field_and_says_why()
    {
        var problem = await server.Anonymous.RegisterAsync(AccountsHttp.NewEmail(), "iloveyou")
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("Many people use this password", Assert.Single(problem.Errors!["password"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_keeps_the_same_rules()
    {
        var user = await server.SignedInAs("ada");

        var problem = await user.Client.PutAsJsonAsync("/api/me/password", new { currentPassword = TestUser.Password, password = "iloveyou" }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("password", problem.Errors!.Keys);
    }

    private static async Task<bool> IsGoodAsync(string password) => (await Rules.ValidateAsync(
        null!, new Account(Guid.Empty, "ada.lovelace@example.com", emailVerifiedAt: null, "Ada Lovelace", passwordHash: null), password)).Succeeded;
}
