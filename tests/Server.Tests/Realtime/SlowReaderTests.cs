using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>A reader that does not keep up: the others do not notice, and it gets everything once it reads (RT-7).</summary>
[Trait("spec", "RT-7")]
public sealed class SlowReaderTests(TestServer server) : IClassFixture<TestServer>
{
    private const int Messages = 240;
    private const int BodyBytes = 60_000;

    [Fact]
    public async Task Others_get_everything_while_one_reads_nothing_and_that_one_catches_up_without_a_gap()
    {
        var room = await Room.MakeAsync(server);
        var (slow, _) = await RawSocket.ConnectAsync(new Uri(server.Address, "/ws"), $"Authorization: Bearer {room.Bob.AccessToken}", CancellationToken.None);
        await using var held = slow;
        await slow.SendTextAsync(Hello(room, version: 0));
        await using var quick = await room.EnterAsync(room.Bob);
        var (ada, _) = await TestSocket.GreetAsync(server, room.Ada);
        await using var writer = ada;

        // More than every buffer on the way holds: 14 MB, while the queue of one connection is bounded by 1 MB. One at a time, so
        // that the writer is not itself a slow reader of its acknowledgements.
        for (var i = 0; i < Messages; i++)
            await ada.AnswerAsync(await ada.PostAsync(room.Thread, new string((char)('a' + (i % 26)), BodyBytes), $"m{i}"));
        for (var version = 1; version <= Messages; version++)
            Assert.Equal(version, (await quick.NextAsync("create")).GetProperty("v").GetInt64());

        Assert.Equal(Enumerable.Range(1, Messages).Select(v => (long)v), await ReadAsync(slow, room));
    }

    /// <summary>Reads on until it has everything, as a client does: sent away as too slow, it comes back with the version it has.</summary>
    private async Task<IEnumerable<long>> ReadAsync(RawSocket socket, Room room)
    {
        var versions = new List<long>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (versions.Count < Messages)
        {
            var frame = await socket.ReadFrameAsync(patience.Token);
            if (frame is null or { Opcode: RawSocket.CloseFrame })
            {
                Assert.True(frame is null or { CloseCode: 4003 });
                (socket, _) = await RawSocket.ConnectAsync(new Uri(server.Address, "/ws"), $"Authorization: Bearer {room.Bob.AccessToken}", patience.Token);
                await socket.SendTextAsync(Hello(room, versions.Count));
            }
            else if (frame.Opcode == RawSocket.TextFrame)
            {
                versions.AddRange(Updates(JsonElement.Parse(frame.Payload)));
            }
        }
        await socket.DisposeAsync();
        return versions;
    }

    private static string Hello(Room room, int version) => JsonSerializer.Serialize(new
    {
        type = "subscribe",
        channel = "$session",
        id = "hello",
        payload = new { channels = new[] { new { channel = room.Channel, v = version } } },
    });

    private static IEnumerable<long> Updates(JsonElement frame) =>
        (frame.ValueKind == JsonValueKind.Array ? frame.EnumerateArray().ToArray() : [frame])
            .Where(message => TestSocket.Op(message) is "create").Select(message => message.GetProperty("v").GetInt64());
}
