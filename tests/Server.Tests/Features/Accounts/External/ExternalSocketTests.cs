using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Tokens of a provider over the WebSocket.</summary>
[Trait("spec", "AU-8")]
public sealed class ExternalSocketTests(ExternalServer server) : IClassFixture<ExternalServer>
{
    private static string Someone() => $"someone-{Guid.CreateVersion7():n}";

    [Fact]
    public async Task The_hello_takes_it_makes_the_account_and_a_new_token_renews_it_in_place()
    {
        var subject = Someone();
        await using var socket = await TestSocket.ConnectAsync(server.Address, ("User-Agent", "newsroom/1.0"));
        await socket.SendAsync("subscribe", "$session", new { token = server.TokenOf(subject) });
        var welcome = (await socket.NextAsync("welcome")).GetProperty("payload");
        var user = welcome.GetProperty("user").GetGuid();
        server.Time.Advance(TimeSpan.FromSeconds(10));

        await socket.SendAsync("subscribe", "$session", new { token = server.TokenOf(subject) });

        var renewed = (await socket.NextAsync("welcome")).GetProperty("payload");
        Assert.Equal(user, renewed.GetProperty("user").GetGuid());
        Assert.Equal(welcome.GetProperty("expiresAt").GetDateTimeOffset().AddSeconds(10), renewed.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(user, (await server.Anonymous.MeAsync(server.TokenOf(subject)).ReadAsync<User>()).Id);
        Assert.Equal("newsroom", await server.ScalarAsync<string>("select device from accounts.session where user_id = $1", user));
    }

    [Fact]
    public async Task The_upgrade_takes_it_too()
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address, ("Authorization", "Bearer " + server.TokenOf(Someone())));
        await socket.SendAsync("subscribe", "$session", new { });

        await socket.NextAsync("welcome");
    }

    [Fact]
    public async Task A_token_of_somebody_else_does_not_renew_it()
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address);
        await socket.SendAsync("subscribe", "$session", new { token = server.TokenOf(Someone()) });
        await socket.NextAsync("welcome");

        await socket.SendAsync("subscribe", "$session", new { token = server.TokenOf(Someone()) });

        Assert.Equal(ProblemCodes.Forbidden, TestSocket.Code(await socket.ErrorAsync()));
    }

    [Theory]
    [InlineData("expired", CloseCodes.TokenExpired)]
    [InlineData("another audience", CloseCodes.BadToken)]
    [InlineData("another key", CloseCodes.BadToken)]
    public async Task A_token_that_does_not_hold_ends_the_connection(string what, int code)
    {
        var claims = server.Provider.Claims(server.Time.GetUtcNow(), Someone(), what == "another audience" ? "them" : "https://renexus.example", what == "expired" ? -60 : 60);
        await using var socket = await TestSocket.ConnectAsync(server.Address);

        await socket.SendAsync("subscribe", "$session", new { token = what == "another key" ? server.Clerk.Sign(claims) : server.Provider.Sign(claims) });

        Assert.Equal(code, await socket.Closed);
    }

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task Ending_the_log_in_ends_its_connection()
    {
        var subject = Someone();
        await using var socket = await TestSocket.ConnectAsync(server.Address);
        await socket.SendAsync("subscribe", "$session", new { token = server.TokenOf(subject, session: "here") });
        await socket.NextAsync("welcome");
        using var other = server.NewClient();
        other.DefaultRequestHeaders.Authorization = new("Bearer", server.TokenOf(subject, session: "there"));

        await other.DeleteAsync("/api/auth/sessions").ShouldBeAsync(System.Net.HttpStatusCode.NoContent);

        Assert.Equal(CloseCodes.SessionEnded, await socket.Closed);
    }
}
