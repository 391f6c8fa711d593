using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-4")]
public class SessionsTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-SESS-08")]
    public async Task A_person_sees_the_own_open_log_ins_and_which_one_asks()
    {
        var user = await server.SignedInAs("ada");
        await server.SignedInAs("bob");
        using var phone = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { email = user.Email, password = TestUser.Password }),
            Headers = { { "User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1" } },
        };
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.Anonymous.SendAsync(phone, Stop).ShouldBeAsync(HttpStatusCode.OK);

        var sessions = await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();

        Assert.Equal(["Safari on iPhone", "Unknown device"], sessions.Items.Select(s => s.Device));
        Assert.Equal([false, true], sessions.Items.Select(s => s.Current!.Value));
        Assert.All(sessions.Items, s => Assert.Equal("127.0.0.1", s.Address));
        Assert.All(sessions.Items, s => Assert.Equal(s.CreatedAt, s.LastUsedAt));
    }

    [Fact]
    public async Task Renewing_tokens_is_the_last_use_of_a_log_in()
    {
        var user = await server.SignedInAs("ada");
        server.Time.Advance(TimeSpan.FromMinutes(5));
        await server.Anonymous.RefreshAsync(user.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);

        var sessions = await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();

        Assert.Equal(TimeSpan.FromMinutes(5), Assert.Single(sessions.Items).LastUsedAt - sessions.Items[0].CreatedAt);
    }

    [Fact]
    public async Task Ending_one_ends_its_tokens_and_is_announced_to_the_others()
    {
        var user = await server.SignedInAs("ada");
        var other = await server.AnotherLogInAsync(user);
        var target = (await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items.Single(s => s.Current == false);

        await user.Client.DeleteAsync($"/api/auth/sessions/{target.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(other.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.RefreshAsync(other.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.Single((await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items);
        var (what, data) = (await server.AnnouncedOnAsync(Channels.UserKind, user.Id))[^1];
        Assert.Equal(("delete session", target.Id), (what, data.GetProperty("id").GetGuid()));
        await user.Client.DeleteAsync($"/api/auth/sessions/{target.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Ending_the_others_leaves_the_one_that_asks()
    {
        var user = await server.SignedInAs("ada");
        var others = new[] { await server.AnotherLogInAsync(user), await server.AnotherLogInAsync(user) };

        await user.Client.DeleteAsync("/api/auth/sessions", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        foreach (var other in others)
            await server.Anonymous.MeAsync(other.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.True(Assert.Single((await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items).Current);
    }

    [Fact]
    public async Task A_stranger_cannot_end_it()
    {
        var user = await server.SignedInAs("ada");
        var stranger = await server.SignedInAs("eve");
        var session = (await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items.Single();

        await stranger.Client.DeleteAsync($"/api/auth/sessions/{session.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_is_not_signed_in_sees_and_ends_nothing()
    {
        await server.Anonymous.GetAsync("/api/auth/sessions", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.DeleteAsync("/api/auth/sessions", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.DeleteAsync($"/api/auth/sessions/{Guid.CreateVersion7()}", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task What_another_node_ended_is_known_here_within_two_seconds()
    {
        var user = await server.SignedInAs("ada");
        var session = (await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items.Single();
        var ended = new TaskCompletionSource();
        server.Services.GetRequiredService<EndedSessions>().Ended += id =>
        {
            if (id == session.Id)
                ended.TrySetResult();
        };
        await server.ScalarAsync<object>(
            "update accounts.session set ended_at = $2, ended_because = 'revoked' where id = $1", session.Id, server.Time.GetUtcNow().UtcDateTime);

        server.Time.Advance(TimeSpan.FromSeconds(2));
        await ended.Task.WaitAsync(Stop);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }
}
