using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-4")]
public class LogOutTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task Logging_out_ends_the_tokens_of_this_log_in_at_once_and_no_other()
    {
        var user = await server.SignedInAs("ada");
        var other = await server.AnotherLogInAsync(user);

        await user.Client.PostAsync("/api/auth/logout", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.RefreshAsync(user.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.MeAsync(other.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.RefreshAsync(other.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refresh_token_logs_out_too_when_the_access_token_has_run_out()
    {
        var user = await server.SignedInAs("ada");

        await server.Anonymous.PostAsJsonAsync("/api/auth/logout", new { refreshToken = user.RefreshToken }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.RefreshAsync(user.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Who_is_not_signed_in_cannot_log_out() =>
        await server.Anonymous.PostAsync("/api/auth/logout", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

    [Fact]
    [Trait("spec", "RT-2")]
    [Trait("security", "SEC-WS-03")]
    public async Task Logging_out_closes_the_open_sockets_of_this_log_in()
    {
        var user = await server.SignedInAs("ada");
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("renexus.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {user.AccessToken}");
        await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/ws" }.Uri, Stop);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"$session","id":"1","payload":{}}"""), WebSocketMessageType.Text, endOfMessage: true, Stop);
        var buffer = new byte[65536];
        await socket.ReceiveAsync(buffer, Stop);

        await user.Client.PostAsync("/api/auth/logout", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer, Stop);
        }
        while (received.MessageType != WebSocketMessageType.Close);
        Assert.Equal(4504, (int)received.CloseStatus!);
    }
}
