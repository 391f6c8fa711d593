using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>What is unread follows from the marker and the log (docs/spec/changes.md, Unread).</summary>
[Trait("spec", "TH-4")]
public sealed class UnreadTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>Two people do anything in any order; what the server says is unread is what the log says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_unread_is_what_the_log_says(int seed)
    {
        var room = await Room.MakeAsync(server);
        var random = new Random(seed);
        // A marker to begin with, so that nothing depends on when anybody came.
        await ReadAsync(room.Ada, room, 0, back: true);
        await ReadAsync(room.Bob, room, 0, back: true);
        var written = new List<(TestUser Author, Guid Id)>();

        for (var i = 0; i < 60; i++)
        {
            var actor = random.Next(2) == 0 ? room.Ada : room.Bob;
            var other = actor == room.Ada ? room.Bob : room.Ada;
            var own = written.Where(message => message.Author == actor).ToArray();
            switch (random.Next(6))
            {
                case 0 when own.Length > 0:
                    var gone = own[random.Next(own.Length)];
                    written.Remove(gone);
                    await actor.Client.DeleteAsync($"/api/messages/{gone.Id}").ShouldBeAsync(HttpStatusCode.NoContent);
                    break;
                case 1 when own.Length > 0:
                    var body = random.Next(2) == 0 ? "changed" : MentionSyntax.Of(other.Id, "You");
                    await actor.Client.PatchAsJsonAsync($"/api/messages/{own[random.Next(own.Length)].Id}", new { body }).ShouldBeAsync(HttpStatusCode.OK);
                    break;
                case 2 when written.Count > 0:
                    await actor.Client.PostAsJsonAsync($"/api/messages/{written[random.Next(written.Count)].Id}/reactions", new { emoji = "👍" }).ShouldBeAsync(HttpStatusCode.OK);
                    break;
                case 3:
                    await ReadAsync(actor, room, random.Next(i + 2), back: random.Next(3) == 0);
                    break;
                default:
                    var text = random.Next(4) == 0 ? $"{i} {MentionSyntax.Of(other.Id, "You")}" : $"{i}";
                    var said = await actor.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = text }).ReadAsync<Message>(HttpStatusCode.Created);
                    written.Add((actor, said.Id));
                    break;
            }
            if (i % 10 == 9)
            {
                await AssertFromLogAsync(room, room.Ada);
                await AssertFromLogAsync(room, room.Bob);
            }
        }
    }

    [Fact]
    public async Task The_marker_moves_forward_alone_back_when_asked_and_every_device_hears_it_once()
    {
        var room = await Room.MakeAsync(server);
        for (var i = 0; i < 3; i++)
            await room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body = $"{i}" }).ShouldBeAsync(HttpStatusCode.Created);
        var (phone, _) = await TestSocket.GreetAsync(server, room.Bob, null, new { channel = $"user:{room.Bob.Id}" });
        await using var held = phone;
        await phone.NextAsync("subscribed");

        await ReadAsync(room.Bob, room, 2);
        await ReadAsync(room.Bob, room, 1);
        await ReadAsync(room.Bob, room, 2);
        await ReadAsync(room.Bob, room, 99);
        await ReadAsync(room.Bob, room, 1, back: true);

        var moves = new List<long>();
        for (var i = 0; i < 3; i++)
            moves.Add((await phone.NextAsync("update")).GetProperty("payload").GetProperty("data").GetProperty("version").GetInt64());
        Assert.Equal([2, 3, 1], moves);
        var thread = await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}").ReadAsync<ThreadInfo>();
        Assert.Equal((2L, 1L, 2L), (thread.Unread, thread.ReadTo, thread.FirstUnread));
    }

    private static Task ReadAsync(TestUser user, Room room, long version, bool back = false) =>
        user.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/read", new { version, back }).ShouldBeAsync(HttpStatusCode.NoContent);

    /// <summary>The log replayed: the thread's own for what was said, the person's own for how far was read.</summary>
    private async Task AssertFromLogAsync(Room room, TestUser user)
    {
        var messages = new Dictionary<Guid, (long Version, Guid Author, string Body)>();
        foreach (var (op, resource, id, data) in await LogAsync(3, room.Thread))
        {
            if (resource != "message")
                continue;
            if (op == 3)
                messages.Remove(id);
            else
                messages[id] = (data.GetProperty("version").GetInt64(), data.GetProperty("authorId").GetGuid(), data.GetProperty("body").GetString()!);
        }
        var marker = (await LogAsync(1, user.Id)).Where(change => change.Resource == "readMarker" && change.Id == room.Thread)
            .Select(change => change.Data.GetProperty("version").GetInt64()).LastOrDefault();

        var unread = messages.Values.Where(message => message.Version > marker && message.Author != user.Id).ToArray();
        var thread = await user.Client.GetAsync($"/api/threads/{room.Thread}").ReadAsync<ThreadInfo>();
        Assert.Equal(
            (unread.Length, unread.Count(message => MentionSyntax.In(message.Body).Contains(user.Id)), marker, unread.Length == 0 ? null : unread.Min(message => (long?)message.Version)),
            ((int)thread.Unread!, (int)thread.Mentions!, thread.ReadTo, thread.FirstUnread));
    }

    private async Task<List<(int Op, string Resource, Guid Id, JsonElement Data)>> LogAsync(short kind, Guid channel)
    {
        var log = new List<(int, string, Guid, JsonElement)>();
        await using var command = server.Database.Login.CreateCommand("select op, resource, resource_id, data from engine.change where kind = $1 and channel_id = $2 order by version");
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = channel });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            log.Add((reader.GetInt16(0), reader.GetString(1), reader.GetGuid(2), JsonElement.Parse(reader.GetString(3))));
        return log;
    }
}
