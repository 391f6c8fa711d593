using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Writing over a socket: acknowledged after the commit, once, in order; refused with a reason (TH-2, PROTOCOL "Write", "Errors").</summary>
[Trait("spec", "TH-2")]
public sealed class WriteTests(TestServer server) : IClassFixture<TestServer>
{
    private const int MessageBytes = 102_400;

    [Fact]
    public async Task A_message_is_acknowledged_with_its_place_and_is_there()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);

        var ack = await ada.AnswerAsync(await ada.PostAsync(room.Thread, "hello 😀"));

        Assert.Equal(1, ack.GetProperty("v").GetInt64());
        var data = ack.GetProperty("payload").GetProperty("data");
        Assert.Equal((1, "hello 😀"), (data.GetProperty("version").GetInt64(), data.GetProperty("body").GetString()));
        var stored = Assert.Single((await MessagesAsync(room)).EnumerateArray());
        Assert.Equal(data.GetProperty("id").GetGuid(), stored.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task The_same_request_on_another_connection_is_answered_with_the_first_acknowledgement()
    {
        var room = await Room.MakeAsync(server);
        await using var one = await room.EnterAsync(room.Ada);
        await using var other = await room.EnterAsync(room.Ada);
        var first = await one.AnswerAsync(await one.PostAsync(room.Thread, "once", id: "same"));
        await one.AnswerAsync(await one.PostAsync(room.Thread, "between"));

        var again = await other.AnswerAsync(await other.PostAsync(room.Thread, "once", id: "same"));

        Assert.Equal(first.GetProperty("v").GetInt64(), again.GetProperty("v").GetInt64());
        Assert.Equal(first.GetProperty("payload").GetRawText(), again.GetProperty("payload").GetRawText());
        Assert.Equal(2, (await MessagesAsync(room)).GetArrayLength());
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_has_one_effect()
    {
        var room = await Room.MakeAsync(server);
        var sockets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => room.EnterAsync(room.Ada)));
        var id = Guid.CreateVersion7().ToString();

        var answers = await Task.WhenAll(sockets.Select(async socket => await socket.AnswerAsync(await socket.PostAsync(room.Thread, "once", id))));

        Assert.All(answers, answer => Assert.Equal(1, answer.GetProperty("v").GetInt64()));
        Assert.Single((await MessagesAsync(room)).EnumerateArray());
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_create_takes_the_requests_id_as_its_own()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var id = Guid.CreateVersion7();

        var ack = await ada.AnswerAsync(await ada.PostAsync(room.Thread, "mine", id.ToString()));

        Assert.Equal(id, ack.GetProperty("payload").GetProperty("resourceId").GetGuid());
    }

    [Fact]
    public async Task An_id_of_somebody_else_is_a_conflict()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await using var bob = await room.EnterAsync(room.Bob);
        var id = Guid.CreateVersion7();
        await ada.AnswerAsync(await ada.PostAsync(room.Thread, "mine", id.ToString()));

        Assert.Equal("conflict", TestSocket.Code(await bob.AnswerAsync(await bob.PostAsync(room.Thread, "also mine", id.ToString()))));
    }

    [Fact]
    public async Task A_burst_of_one_client_keeps_its_order()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var ids = new List<string>();
        for (var i = 0; i < 200; i++)
            ids.Add(await ada.PostAsync(room.Thread, $"{i}", $"burst-{i}"));
        foreach (var id in ids)
            await ada.AnswerToAsync(id);

        var bodies = (await MessagesAsync(room, limit: 200)).EnumerateArray().Select(m => m.GetProperty("body").GetString());

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), bodies);
    }

    [Fact]
    public async Task Messages_are_edited_and_deleted_and_everybody_hears_it()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await using var bob = await room.EnterAsync(room.Bob);
        var id = (await ada.AnswerAsync(await ada.PostAsync(room.Thread, "drafft"))).GetProperty("payload").GetProperty("resourceId").GetGuid();

        var edited = await ada.AnswerAsync(await ada.SendAsync(
            "update", room.Channel, new { op = "update", resource = "message", resourceId = id, data = new { body = "draft" } }));
        var deleted = await ada.AnswerAsync(await ada.SendAsync("update", room.Channel, new { op = "delete", resource = "message", resourceId = id }));

        Assert.Equal((2, 3), (edited.GetProperty("v").GetInt64(), deleted.GetProperty("v").GetInt64()));
        await bob.NextAsync("create");
        var heard = await bob.NextAsync("update");
        Assert.Equal(("draft", 1), (heard.GetProperty("payload").GetProperty("data").GetProperty("body").GetString(), heard.GetProperty("payload").GetProperty("data").GetProperty("version").GetInt64()));
        await bob.NextAsync("delete");
        Assert.Empty((await MessagesAsync(room)).EnumerateArray());
    }

    [Fact]
    public async Task Only_the_author_edits_and_a_repeated_edit_is_answered_as_the_first()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        await using var bob = await room.EnterAsync(room.Bob);
        var id = (await ada.AnswerAsync(await ada.PostAsync(room.Thread, "mine"))).GetProperty("payload").GetProperty("resourceId").GetGuid();
        var edit = new { op = "update", resource = "message", resourceId = id, data = new { body = "changed" } };

        var refused = await bob.AnswerAsync(await bob.SendAsync("update", room.Channel, edit));
        var first = await ada.AnswerAsync(await ada.SendAsync("update", room.Channel, edit, "edit-1"));
        var again = await ada.AnswerAsync(await ada.SendAsync("update", room.Channel, edit, "edit-1"));

        Assert.Equal("forbidden", TestSocket.Code(refused));
        Assert.Equal(first.GetProperty("v").GetInt64(), again.GetProperty("v").GetInt64());
    }

    [Fact]
    [Trait("spec", "TH-1")]
    public async Task A_thread_created_over_a_socket_is_created_once_also_when_it_is_private()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);

        foreach (var (id, participants) in new[] { ("open", Array.Empty<Guid>()), ("private", [room.Bob.Id]) })
        {
            var create = new { op = "create", resource = "thread", data = new { title = id, participants } };
            var first = await ada.AnswerAsync(await ada.SendAsync("update", $"workspace:{room.Workspace}", create, id));
            var again = await ada.AnswerAsync(await ada.SendAsync("update", $"workspace:{room.Workspace}", create, id));

            Assert.Equal("ack", TestSocket.Op(first));
            Assert.Equal(first.GetProperty("payload").GetRawText(), again.GetProperty("payload").GetRawText());
            Assert.Equal(first.GetProperty("v").GetInt64(), again.GetProperty("v").GetInt64());
        }
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task A_viewer_may_listen_and_not_write()
    {
        var room = await Room.MakeAsync(server);
        var viewer = await server.SignedInAs("vera");
        await TestServer.AddMember(room.Ada, room.Workspace, viewer, "viewer");
        await using var socket = await room.EnterAsync(viewer);

        Assert.Equal("forbidden", TestSocket.Code(await socket.AnswerAsync(await socket.PostAsync(room.Thread, "hi"))));
    }

    [Fact]
    public async Task A_stranger_cannot_write_and_learns_nothing()
    {
        var room = await Room.MakeAsync(server);
        var (socket, _) = await TestSocket.GreetAsync(server, room.Stranger);
        await using var held = socket;

        Assert.Equal("not_found", TestSocket.Code(await socket.AnswerAsync(await socket.PostAsync(room.Thread, "hi"))));
        Assert.Empty((await MessagesAsync(room)).EnumerateArray());
    }

    [Fact]
    public async Task Nothing_is_written_in_an_archived_thread()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        using var response = await room.Ada.Client.PatchAsJsonAsync($"/api/threads/{room.Thread}", new { archived = true });

        Assert.Equal("conflict", TestSocket.Code(await ada.AnswerAsync(await ada.PostAsync(room.Thread, "late"))));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"\ud83d"}}}""", "payload.data.body" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"a\u0000b"}}}""", "payload.data.body" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"a","body":"b"}}}""", "payload.data.body" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"a","extra":1}}}""", "payload.data.extra" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"  "}}}""", "body" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{}}}""", "body" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message"}}""", "payload.data" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"planet","data":{}}}""", "payload.resource" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"explode","resource":"message","data":{}}}""", "payload.op" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","op":"create","resource":"message","data":{}}}""", "payload.op" },
        { """{"type":"update","channel":"CH","id":"1"}""", "payload" },
        { """{"type":"update","channel":"CH","payload":{"op":"create","resource":"message","data":{"body":"x"}}}""", "id" },
        { """{"type":"dance","channel":"CH","id":"1"}""", "type" },
        { """{"type":"update","channel":"CH","id":"1","colour":"red"}""", "colour" },
        { """{"type":"update","type":"update","channel":"CH","id":"1"}""", "type" },
        { """{"channel":"CH","id":"1"}""", "type" },
        { """{"type":7,"channel":"CH","id":"1"}""", "type" },
        { """[{"type":"dance","channel":"CH","id":"1"}]""", "type" },
        { """{"type":"update","channel":"CH","id":"1","payload":{"op":"create","resource":"message","data":{"body":"x","replyTo":"01a1fc6c-23ed-71d8-8b51-1aa9aecbd68e"}}}""", "replyTo" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_breaks_a_rule_is_refused_by_the_name_of_the_field_and_the_connection_lives(string message, string field)
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);

        await ada.SendRawAsync(message.Replace("CH", room.Channel, StringComparison.Ordinal));
        var error = await ada.ErrorAsync();

        Assert.Equal("validation_failed", TestSocket.Code(error));
        Assert.Equal([field], error.GetProperty("payload").GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal(field is not "id", error.TryGetProperty("re", out _));
        Assert.Equal("ack", TestSocket.Op(await ada.AnswerAsync(await ada.PostAsync(room.Thread, "alive"))));
        Assert.Single((await MessagesAsync(room)).EnumerateArray());
    }

    [Fact]
    public async Task Thirty_two_levels_are_read_and_thirty_three_refused()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        string Nested(int levels) =>
            """{"type":"update","channel":"CH","id":"deep","payload":{"op":"create","resource":"message","data":{"body":"x","x":IN}}}"""
                .Replace("CH", room.Channel, StringComparison.Ordinal)
                .Replace("IN", new string('[', levels - 3) + new string(']', levels - 3), StringComparison.Ordinal);

        await ada.SendRawAsync(Nested(32));
        var known = await ada.ErrorAsync();
        await ada.SendRawAsync(Nested(33));
        var deep = await ada.ErrorAsync();

        // At 32 it is read, and only the member is not known; at 33 the nesting itself is refused.
        Assert.True(known.GetProperty("payload").GetProperty("errors").TryGetProperty("payload.data.x", out _));
        Assert.Contains("32", deep.GetProperty("payload").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("spec", "GW-10")]
    public async Task A_message_of_102400_bytes_is_taken_and_one_more_refused_and_the_socket_lives()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        string Sized(string id, int bytes)
        {
            var envelope = """{"type":"update","channel":"CH","id":"ID","payload":{"op":"create","resource":"message","data":{"body":""}}}"""
                .Replace("CH", room.Channel, StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal);
            return envelope.Replace("\"body\":\"\"", $"\"body\":\"{new string('x', bytes - envelope.Length)}\"", StringComparison.Ordinal);
        }

        await ada.SendRawAsync(Sized("fits", MessageBytes));
        var taken = await ada.AnswerAsync("fits");
        await ada.SendRawAsync(Sized("over", MessageBytes + 1));
        var refused = await ada.AnswerAsync("over");

        Assert.Equal("ack", TestSocket.Op(taken));
        Assert.Equal("payload_too_large", TestSocket.Code(refused));
        Assert.Equal("ack", TestSocket.Op(await ada.AnswerAsync(await ada.PostAsync(room.Thread, "alive"))));
        Assert.Equal(MessageBytes, Encoding.UTF8.GetByteCount(Sized("fits", MessageBytes)));
    }

    [Fact]
    public async Task Several_messages_in_one_frame_are_taken_one_after_the_other()
    {
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var frame = Enumerable.Range(0, 3).Select(i => new
        {
            type = "update",
            channel = room.Channel,
            id = $"f{i}",
            payload = new { op = "create", resource = "message", data = new { body = $"{i}" } },
        });

        await ada.SendRawAsync(JsonSerializer.Serialize(frame));

        for (var i = 0; i < 3; i++)
            Assert.Equal(i + 1, (await ada.AnswerToAsync($"f{i}")).GetProperty("v").GetInt64());
    }

    [Fact]
    public async Task Five_frames_that_are_not_JSON_within_a_minute_end_the_connection_with_4501()
    {
        var (socket, _) = await TestSocket.GreetAsync(server, await server.SignedInAs("ada"));
        await using var held = socket;

        for (var i = 0; i < 5; i++)
            await socket.SendRawAsync("garbage");

        Assert.Equal(4501, await socket.Closed);
    }

    private static async Task<JsonElement> MessagesAsync(Room room, int limit = 50)
    {
        using var response = await room.Ada.Client.GetAsync(new Uri($"/api/threads/{room.Thread}/messages?limit={limit}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var page = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return page.RootElement.GetProperty("items").Clone();
    }

    [Fact]
    [Trait("spec", "RT-7")]
    public async Task A_client_that_writes_20_MB_without_waiting_is_slowed_down_and_served()
    {
        const int Messages = 210;
        var room = await Room.MakeAsync(server);
        await using var ada = await room.EnterAsync(room.Ada);
        var body = new string('x', 100_000);

        // It listens as well, so that each message comes back to it twice.
        var ids = new List<string>();
        for (var i = 0; i < Messages; i++)
            ids.Add(await ada.PostAsync(room.Thread, body));
        var (answered, heard) = (new List<string>(), 0);
        while (answered.Count < Messages || heard < Messages)
        {
            var message = await ada.NextAsync();
            if (TestSocket.Op(message) is "ack")
                answered.Add(message.GetProperty("re").GetString()!);
            else if (TestSocket.Op(message) is "create")
                Assert.Equal(++heard, message.GetProperty("v").GetInt64());
            else
                Assert.NotEqual("error", message.GetProperty("type").GetString());
        }

        Assert.Equal(ids.Order(), answered.Order());
    }
}
