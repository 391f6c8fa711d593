using System.Net;
using System.Net.Http.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-5")]
public class PruningTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_had_its_time_is_removed_and_nothing_else()
    {
        var user = await server.SignedInAs("ada");
        await server.Anonymous.LogInAsync(user.Email, "a guess").ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        await server.AllMailsAreSentAsync();
        await CountsAsync(sessions: 1, tokens: 1, links: 2, attempts: 1, throttles: 2, requests: 2, devices: 1);

        // Two days: the links, the counters and the requests. A month after its end: the log-in with its tokens. A quarter: the tries. 400 days: the device.
        await AfterAsync(TimeSpan.FromDays(2.1), "links, counters", () => CountsAreAsync(1, 1, 0, 1, 0, 0, 1));
        await AfterAsync(TimeSpan.FromDays(60), "the log-in", () => CountsAreAsync(0, 0, 0, 1, 0, 0, 1));
        await AfterAsync(TimeSpan.FromDays(31), "the tries", () => CountsAreAsync(0, 0, 0, 0, 0, 0, 1));
        await AfterAsync(TimeSpan.FromDays(310), "the device", () => CountsAreAsync(0, 0, 0, 0, 0, 0, 0));
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    private async Task AfterAsync(TimeSpan time, string what, Func<Task<bool>> condition)
    {
        server.Time.Leap(time);
        await Eventually.TrueAsync($"{what} gone, but {await ReadAsync()}", TimeSpan.FromSeconds(60), async () =>
        {
            if (await condition())
                return true;
            server.Time.Advance(TimeSpan.FromHours(1)); // a tick that fell into a run is made up for
            return false;
        });
    }

    private async Task CountsAsync(int sessions, int tokens, int links, int attempts, int throttles, int requests, int devices) =>
        Assert.Equal($"{sessions} {tokens} {links} {attempts} {throttles} {requests} {devices}", await ReadAsync());

    private async Task<bool> CountsAreAsync(int sessions, int tokens, int links, int attempts, int throttles, int requests, int devices) =>
        $"{sessions} {tokens} {links} {attempts} {throttles} {requests} {devices}" == await ReadAsync();

    private async Task<string> ReadAsync() => (await server.ScalarAsync<string>("""
        select concat_ws(' ', (select count(*) from accounts.session), (select count(*) from accounts.refresh_token), (select count(*) from accounts.link),
          (select count(*) from accounts.login_attempt), (select count(*) from accounts.throttle), (select count(*) from accounts.mail_request),
          (select count(*) from accounts.device))
        """))!;
}
