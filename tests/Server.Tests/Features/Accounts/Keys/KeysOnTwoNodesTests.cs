using System.Diagnostics;
using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Keys;

/// <summary>A key that is revoked on one node, on another.</summary>
[Trait("spec", "AU-9")]
[Trait("security", "SEC-SESS-07")]
public sealed class KeysOnTwoNodesTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_ends_everywhere_within_five_seconds_sockets_too()
    {
        await using var other = await server.StartNeighbourAsync();
        var ada = await server.SignedInAs("ada");
        var key = await server.WithKeyAsync(ada, "read");
        using var program = other.Program(key.Key);
        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        await using var socket = await TestSocket.ConnectAsync(other.Address, ("Authorization", "Bearer " + key.Key));
        await socket.SendAsync("subscribe", "$session", new { }, id: "hello");
        await socket.NextAsync("welcome");

        await ada.Client.DeleteAsync($"/api/me/keys/{key.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var revoked = Stopwatch.GetTimestamp();

        await Eventually.TrueAsync("the key is refused on the other node", Limit, async () =>
        {
            using var response = await program.GetAsync("/api/me", Stop);
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
        Assert.Equal(4504, await socket.Closed);
        Assert.InRange(Stopwatch.GetElapsedTime(revoked), TimeSpan.Zero, Limit);
    }
}
