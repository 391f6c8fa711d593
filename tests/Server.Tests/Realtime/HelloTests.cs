using System.Net;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Connecting: who may, and how it ends for who may not (RT-2, RT-4).</summary>
[Trait("spec", "RT-2")]
public sealed class HelloTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    [Fact]
    public async Task The_hello_is_answered_with_a_welcome_that_states_the_limits()
    {
        var ada = await server.SignedInAs("ada");

        var (socket, welcome) = await TestSocket.GreetAsync(server, ada);

        await using var _ = socket;
        var payload = welcome.GetProperty("payload");
        Assert.Equal("$session", welcome.GetProperty("channel").GetString());
        Assert.Equal("hello", welcome.GetProperty("re").GetString());
        Assert.False(payload.GetProperty("resumed").GetBoolean());
        Assert.Equal(ada.Id, payload.GetProperty("user").GetGuid());
        Assert.Equal((30, 120, 300), (payload.GetProperty("heartbeat").GetInt32(), payload.GetProperty("timeout").GetInt32(), payload.GetProperty("resumeFor").GetInt32()));
        Assert.Equal(102_400, payload.GetProperty("limits").GetProperty("messageBytes").GetInt32());
    }

    [Fact]
    public async Task A_bearer_header_at_the_upgrade_needs_no_token_in_the_hello()
    {
        var ada = await server.SignedInAs("ada");
        await using var socket = await TestSocket.ConnectAsync(server.Address, ("Authorization", $"Bearer {ada.AccessToken}"));

        await socket.SendAsync("subscribe", "$session", new { });

        Assert.Equal(ada.Id, (await socket.NextAsync("welcome")).GetProperty("payload").GetProperty("user").GetGuid());
    }

    [Fact]
    public async Task A_bad_bearer_header_is_refused_before_the_upgrade()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ws");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer nonsense");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

        using var response = await server.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_plain_request_to_the_socket_address_is_told_what_to_do()
    {
        using var response = await server.Anonymous.GetAsync(new Uri("/ws", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("upgrade", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"update","channel":"thread:x","id":"1"}""")]
    [InlineData("""{"type":"subscribe","channel":"thread:x","id":"1"}""")]
    [InlineData("not json")]
    public async Task A_first_message_that_is_not_the_hello_closes_with_4501(string first)
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address);

        await socket.SendRawAsync(first);

        Assert.Equal(4501, await socket.Closed);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_bad_token_is_refused_and_closes_with_4500(string token)
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address);

        await socket.SendAsync("subscribe", "$session", new { token });

        Assert.Equal("unauthenticated", TestSocket.Code(await socket.ErrorAsync()));
        Assert.Equal(4500, await socket.Closed);
    }

    [Fact]
    public async Task Nobody_without_a_token_gets_in()
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address);

        await socket.SendAsync("subscribe", "$session", new { });

        Assert.Equal("unauthenticated", TestSocket.Code(await socket.ErrorAsync()));
        Assert.Equal(4500, await socket.Closed);
    }

    [Fact]
    public async Task A_foreign_origin_is_told_by_the_close_code()
    {
        await using var socket = await TestSocket.ConnectAsync(server.Address, ("Origin", "https://evil.example"));

        Assert.Equal(4506, await socket.Closed);
    }

    [Fact]
    public async Task The_own_origin_is_welcome()
    {
        var ada = await server.SignedInAs("ada");
        await using var socket = await TestSocket.ConnectAsync(server.Address, ("Origin", server.Address.GetLeftPart(UriPartial.Authority)));

        await socket.SendAsync("subscribe", "$session", new { token = ada.AccessToken });

        await socket.NextAsync("welcome");
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task Logging_out_ends_open_sockets_at_once()
    {
        var ada = await server.SignedInAs("ada");
        var (socket, _) = await TestSocket.GreetAsync(server, ada);
        await using var held = socket;

        using var response = await ada.Client.PostAsync(new Uri("/api/auth/logout", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(4504, await socket.Closed);
        await using var again = await TestSocket.ConnectAsync(server.Address);
        await again.SendAsync("subscribe", "$session", new { token = ada.AccessToken });
        Assert.Equal(4504, await again.Closed);
    }
}
