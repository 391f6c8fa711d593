using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>What is due at once travels together (RT-9).</summary>
[Trait("spec", "RT-9")]
public sealed class BurstTests(TestServer server) : IClassFixture<TestServer>
{
    private const int Messages = 50;

    [Fact]
    public async Task Updates_that_are_due_at_once_come_together_in_one_frame_and_in_order()
    {
        var room = await Room.MakeAsync(server);
        var posts = Enumerable.Range(1, Messages).Select(i => new
        {
            type = "update",
            channel = room.Channel,
            id = $"burst-{i}",
            payload = new { op = "create", resource = "message", data = new { body = $"{i}" } },
        });
        using var sent = await room.Ada.Client.PostAsJsonAsync("/api/send", posts, TestContext.Current.CancellationToken);
        Assert.True(sent.IsSuccessStatusCode);

        // Whoever comes back is due everything at once.
        var (socket, _) = await RawSocket.ConnectAsync(new Uri(server.Address, "/ws"), $"Authorization: Bearer {room.Bob.AccessToken}", CancellationToken.None);
        await using var held = socket;
        await socket.SendTextAsync(JsonSerializer.Serialize(new
        {
            type = "subscribe",
            channel = "$session",
            id = "hello",
            payload = new { channels = new[] { new { channel = room.Channel, v = 0 } } },
        }));
        var frames = new List<long[]>();
        while (frames.Sum(frame => frame.Length) < Messages)
            frames.Add(Updates(JsonElement.Parse((await socket.ReadFrameAsync(TestContext.Current.CancellationToken))!.Payload)));

        Assert.Equal(Enumerable.Range(1, Messages).Select(v => (long)v), frames.SelectMany(frame => frame));
        Assert.InRange(frames.Count(frame => frame.Length > 0), 1, Messages / 5);
    }

    private static long[] Updates(JsonElement frame) =>
        [.. (frame.ValueKind == JsonValueKind.Array ? frame.EnumerateArray().ToArray() : [frame])
            .Where(message => TestSocket.Op(message) is "create").Select(message => message.GetProperty("v").GetInt64())];
}
