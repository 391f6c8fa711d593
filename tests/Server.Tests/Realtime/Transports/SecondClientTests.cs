using System.Text.Json;
using Renexus.Server.Tests.Peers;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>A client in another language, written from docs/protocol.md alone (tests/Node/client.mjs), as a line.</summary>
public sealed class SecondLine(TestServer server, TestUser user, string channel, string kind) : Line(server, user, channel)
{
    private NodePeer? peer;

    public override async Task ConnectAsync()
    {
        peer ??= await NodePeer.StartAsync("client.mjs");
        await peer.AskAsync("connect", new { kind, address = Server.Address, token = User.AccessToken, channel = Channel });
    }

    public override Task CutAsync() => peer!.AskAsync("cut");

    public override Task<JsonElement> AskAsync(object message) => peer!.AskAsync("ask", new { message });

    public override async Task<string> EndAsync() => (await peer!.AskAsync("end")).GetString()!;

    public override async ValueTask DisposeAsync()
    {
        if (peer is not null)
            await peer.DisposeAsync();
    }

    protected override Task<JsonElement> ReceiveAsync() => peer!.AskAsync("receive");
}

public sealed class SecondClientSocketTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new SecondLine(Server, user, channel, "socket");

    [Fact]
    [Trait("spec", "SY-2")]
    public async Task It_syncs_as_well()
    {
        var room = await Room.MakeAsync(Server);
        await using var peer = await NodePeer.StartAsync("client.mjs");
        var (address, token) = (Server.Address, room.Ada.AccessToken);
        var first = await peer.AskAsync("sync", new { address, token });

        var results = await peer.AskAsync("sync", new
        {
            address,
            token,
            operations = new object[]
            {
                new { id = "1", type = "create", resource = "message", data = new { threadId = room.Thread, body = "from afar" } },
                new { id = "1", type = "create", resource = "message", data = new { threadId = room.Thread, body = "from afar" } },
                new { id = "2", type = "update", resource = "thread", resourceId = room.Thread, data = new { title = "" } },
            },
        });
        var next = await peer.AskAsync("sync", new { address, token, since = first.GetProperty("cursor").GetString() });

        Assert.Equal(["applied", "applied", "rejected"], results.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.True(first.GetProperty("snapshot").GetBoolean());
        Assert.Equal("from afar", Assert.Single(next.GetProperty("changes").EnumerateArray()).GetProperty("data").GetProperty("body").GetString());
    }
}

public sealed class SecondClientEventTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new SecondLine(Server, user, channel, "events");
}

public sealed class SecondClientPollTests(TestServer server) : TransportTests(server), IClassFixture<TestServer>
{
    protected override Line Open(TestUser user, string channel) => new SecondLine(Server, user, channel, "polling");
}
