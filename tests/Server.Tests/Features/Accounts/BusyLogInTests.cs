using System.Net;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-1")]
[Trait("security", "SEC-AUTH-03")]
public class BusyLogInTests(BusyLogInTests.SmallServer server) : IClassFixture<BusyLogInTests.SmallServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_very_many_log_ins_at_once_those_beyond_the_queue_are_told_when_to_come_back_and_others_go_on()
    {
        var user = await server.SignedInAs("ada");

        var flood = Enumerable.Range(0, 500).Select(i => server.Anonymous.LogInAsync($"nobody-{i}@example.com", "a guess")).ToArray();
        var unrelated = await user.Client.GetAsync("/api/me", Stop);
        var wasFloodOver = flood.All(f => f.IsCompleted);
        var answers = await Task.WhenAll(flood);

        Assert.Equal(HttpStatusCode.OK, unrelated.StatusCode);
        Assert.False(wasFloodOver); // it did not wait behind them
        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable }));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.ServiceUnavailable).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.True(a.Headers.RetryAfter?.Delta > TimeSpan.Zero));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Unauthorized);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    public sealed class SmallServer : TestServer
    {
        protected override int PasswordIterations => 50_000;

        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("Renexus:Passwords:Queue", "10"), new("Renexus:LogIn:FreeFailuresOfNetwork", "100000")];
    }
}
