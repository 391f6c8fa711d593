using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

/// <summary>What ends a log-in ends it everywhere within five seconds: two nodes, open sockets on both, the real clock.</summary>
[Trait("spec", "AU-4")]
public class RevocationTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    [Trait("security", "SEC-WS-03")]
    public async Task Logging_out_ends_it_on_both_nodes() =>
        await EndsEverywhereAsync(user => user.Client.PostAsync("/api/auth/logout", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent));

    [Fact]
    [Trait("security", "SEC-RST-04")]
    [Trait("security", "SEC-SESS-07")]
    public async Task A_reset_ends_it_on_both_nodes() => await EndsEverywhereAsync(async user =>
    {
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = await ResetTokenAsync(user.Email);
        var started = Stopwatch.GetTimestamp();
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, password = "another horse entirely" }, Stop)
            .ShouldBeAsync(HttpStatusCode.NoContent);
        return started;
    });

    [Fact]
    [Trait("security", "SEC-SESS-04")]
    [Trait("security", "SEC-SESS-07")]
    public async Task A_stolen_token_ends_it_on_both_nodes_and_the_owner_is_told_once()
    {
        TestUser? victim = null;
        await EndsEverywhereAsync(async user =>
        {
            victim = user;
            var thief = await server.Anonymous.RefreshAsync(user.RefreshToken).ReadAsync<RenewedTokens>();
            await server.Anonymous.RefreshAsync(thief.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.Anonymous.RefreshAsync(user.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized)));
            return started;
        });

        await server.AllMailsAreSentAsync();
        Assert.Single(server.MailsTo(victim!.Email), mail => mail.Contains("Subject: We ended one of your log-ins", StringComparison.Ordinal));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where action = 'session.token_reused' and person_id = $1", victim.Id));
    }

    private Task EndsEverywhereAsync(Func<TestUser, Task> end) => EndsEverywhereAsync(async user =>
    {
        var started = Stopwatch.GetTimestamp();
        await end(user);
        return started;
    });

    private async Task EndsEverywhereAsync(Func<TestUser, Task<long>> end)
    {
        await using var neighbour = await server.StartNeighbourAsync();
        var user = await server.SignedInAs("ada");
        using var here = await ConnectAsync(server, user);
        using var there = await ConnectAsync(neighbour, user);
        await neighbour.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.OK);

        var started = await end(user);

        await server.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var codes = await Task.WhenAll(CloseOfAsync(here), CloseOfAsync(there));
        await neighbour.Anonymous.MeAsync(user.AccessToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var took = Stopwatch.GetElapsedTime(started);
        await neighbour.Anonymous.RefreshAsync(user.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);

        Assert.Equal([4504, 4504], codes);
        Assert.True(took < Limit, $"It took {took.TotalSeconds:F1} s.");
        TestContext.Current.TestOutputHelper?.WriteLine($"Ended everywhere after {took.TotalMilliseconds:F0} ms.");
    }

    // Either node may have sent it; they share their folder.
    private async Task<string> ResetTokenAsync(string email)
    {
        var found = "";
        await Eventually.TrueAsync("a reset mail", TimeSpan.FromSeconds(60), () =>
            (found = server.MailsTo(email).FirstOrDefault(mail => mail.Contains("/reset?token=", StringComparison.Ordinal)) ?? "").Length > 0);
        return Mails.TokenIn(found);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestServer node, TestUser user)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("renexus.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {user.AccessToken}");
        await socket.ConnectAsync(new UriBuilder(node.Address) { Scheme = "ws", Path = "/ws" }.Uri, Stop);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"$session","id":"1","payload":{}}"""), WebSocketMessageType.Text, endOfMessage: true, Stop);
        await socket.ReceiveAsync(new byte[65536], Stop);
        return socket;
    }

    private static async Task<int> CloseOfAsync(ClientWebSocket socket)
    {
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer, Stop) is { MessageType: not WebSocketMessageType.Close })
        {
            // What was announced before.
        }

        return (int)socket.CloseStatus!;
    }
}
