using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "GW-4")]
public class LogInLimitTests(LogInLimitTests.LimitedServer server) : IClassFixture<LogInLimitTests.LimitedServer>
{
    [Fact]
    public async Task Guessing_is_held_up_whether_the_account_exists_or_not()
    {
        var email = AccountsHttp.NewEmail();
        for (var i = 0; i < 3; i++)
            await server.Anonymous.LogInAsync(email, "a guess").ShouldBeAsync(HttpStatusCode.Unauthorized);

        using var response = await server.Anonymous.LogInAsync(email, "a guess");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Contains("\"authentication\"", string.Join(',', response.Headers.GetValues("RateLimit-Policy")), StringComparison.Ordinal);
    }

    public sealed class LimitedServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings.Where(s => !s.Key.EndsWith("AuthenticationPerMinute", StringComparison.Ordinal)), new("Renexus:Limits:AuthenticationPerMinute", "3")];
    }
}
