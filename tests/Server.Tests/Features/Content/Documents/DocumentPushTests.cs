using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Text;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>Pushes to a document, by hand: what is taken, what is refused, and what everybody hears (docs/spec/documents.md).</summary>
[Trait("spec", "CO-2")]
public sealed partial class DocumentPushTests(DocumentServer server) : IClassFixture<DocumentServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DC2_A_push_is_acknowledged_and_everybody_hears_each_update_by_itself()
    {
        var desk = await Desk.SetAsync(server, "one");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var vera = await Pushing.ListenAsync(server, desk.Vera, desk.Item.Id);

        var push = await bob.SendAsync(0, $"[{Pushing.Update("[3,[0,\" two\"]]")},{Pushing.Update("[7,[0,\"\",\"😀\"]]")}]");

        foreach (var socket in new[] { bob.Socket, vera.Socket })
        {
            var (first, second) = (await socket.NextAsync("updates"), await socket.NextAsync("updates"));
            Assert.Equal(first.GetProperty("v").GetInt64() + 1, second.GetProperty("v").GetInt64());
            Assert.Equal(("[3,[0,\" two\"]]", desk.Bob.Id, 0, null), Told(first));
            Assert.Equal(("[7,[0,\"\",\"\\uD83D\\uDE00\"]]", desk.Bob.Id, 1, push), Told(second));
        }
        var ack = await bob.PushAsync(2, "[10,[0,\"!\"]]");
        Assert.Equal(("ack", 3), (TestSocket.Op(ack), ack.GetProperty("payload").GetProperty("document").GetInt64()));
        var echo = await vera.Socket.NextAsync("updates");
        Assert.Equal(ack.GetProperty("v").GetInt64(), echo.GetProperty("v").GetInt64());
        var item = await desk.GetAsync();
        Assert.Equal(("one two\n😀!", 3, 3), (item.Body, item.Document, item.Version));

        static (string Changes, Guid Actor, long From, string? Cause) Told(JsonElement message)
        {
            var payload = message.GetProperty("payload");
            var update = payload.GetProperty("updates").EnumerateArray().Single();
            Assert.Equal("editor", update.GetProperty("clientID").GetString());
            return (ChangeSetJson.Read(Encoding.UTF8.GetBytes(update.GetProperty("changes").GetRawText())).ToString(), update.GetProperty("actor").GetGuid(), payload.GetProperty("from").GetInt64(), payload.GetProperty("cause").GetString());
        }
    }

    [Fact]
    public async Task DC1_A_late_push_is_rebased_on_what_came_first()
    {
        var desk = await Desk.SetAsync(server, "one three");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var ada = await Pushing.ListenAsync(server, desk.Ada, desk.Item.Id);
        await bob.PushAsync(0, "[4,[0,\"two \"],5]", "bobs");
        await bob.PushAsync(1, "[[4],9]", "bobs");

        var ack = await ada.PushAsync(0, "[9,[0,\" four\"]]", "adas");

        Assert.Equal(3, ack.GetProperty("payload").GetProperty("document").GetInt64());
        Assert.Equal("two three four", (await desk.GetAsync()).Body);
    }

    [Fact]
    public async Task DC3_The_same_push_again_does_nothing_by_whichever_id_and_way_it_comes()
    {
        var desk = await Desk.SetAsync(server, "one");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        var id = Guid.CreateVersion7().ToString();
        var first = await bob.PushAsync(0, "[3,[0,\"!\"]]", id: id);
        await bob.PushAsync(1, "[4,[0,\"?\"]]");

        var again = await bob.PushAsync(0, "[3,[0,\"!\"]]", id: id);
        var known = await bob.PushAsync(0, "[3,[0,\"!\"]]");
        var longer = await bob.Socket.AnswerToAsync(await bob.SendAsync(0, $"[{Pushing.Update("[3,[0,\"!\"]]")},{Pushing.Update("[4,[0,\"?\"]]")},{Pushing.Update("[5,[0,\".\"]]")}]"));
        var sent = await desk.Bob.Client.PostAsJsonAsync(
            "/api/send",
            new { type = "update", channel = bob.Channel, id, timestamp = 0, payload = new { op = "push", @base = 0, updates = new[] { new { clientID = "editor", changes = new object[] { 3, new object[] { 0, "!" } } } } } }, Stop)
            .ReadAsync<JsonElement>();

        Assert.Equal((1, 1, first.GetProperty("v").GetInt64()), (DocumentOf(first), DocumentOf(again), again.GetProperty("v").GetInt64()));
        Assert.Equal((2, 3), (DocumentOf(known), DocumentOf(longer)));
        Assert.Equal(1, DocumentOf(sent.GetProperty("messages")[0]));
        var item = await desk.GetAsync();
        Assert.Equal(("one!?.", 3, 4), (item.Body, item.Document, item.Version));
    }

    [Fact]
    public async Task DC4_What_is_wrong_in_a_push_is_refused_and_the_document_unharmed()
    {
        var desk = await Desk.SetAsync(server, "😀a");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        string[] changes =
        [
            "null", "{}", "[4]", "[2]", "[]", "[-3]", "[1.5,1.5]", "[3,[0]]", """[3,[0,""]]""", "[0,3]", """[3,["a"]]""", "[3,[0,7]]", "[3,[0,null]]",
            """[3,[0,"a\nb"]]""", """[3,[0,"a\rb"]]""", """[3,[0,"\u0000"]]""", """[3,[0,"\ud83d"]]""", """[3,[0,"\ude00x"]]""", "[1,[1],1]", """[1,[0,"x"],2]""", "[[1],2]",
            $"[3,{string.Join(',', Enumerable.Repeat("""[0,"x"]""", 10_001))}]",
        ];
        string[] updates =
        [
            "null", "{}", """{"clientID":"e","changes":[3]}""", "[]", "[3]", "[{}]", """[{"clientID":"e"}]""", """[{"changes":[3]}]""", """[{"clientID":"","changes":[3]}]""",
            """[{"clientID":7,"changes":[3]}]""", """[{"clientID":"\ud83d","changes":[3]}]""", """[{"clientID":"e","changes":[3],"effects":[]}]""",
            """[{"clientID":"e","clientID":"f","changes":[3]}]""", """[{"clientID":"server:e","changes":[3]}]""", $$"""[{"clientID":"{{new string('e', 101)}}","changes":[3]}]""",
            $"[{Pushing.Update("""[3,[0,"fine"]]""")},{Pushing.Update("[3]")}]", $"[{string.Join(',', Enumerable.Repeat(Pushing.Update("[3]"), 1_001))}]",
            .. changes.Select(change => $"[{Pushing.Update(change)}]"),
        ];

        foreach (var bad in updates)
        {
            var refusal = await bob.Socket.AnswerToAsync(await bob.SendAsync(0, bad));
            Assert.True(TestSocket.Code(refusal) is ProblemCodes.BadChange, $"{bad[..Math.Min(bad.Length, 100)]}: {refusal}");
            Assert.NotEmpty(refusal.GetProperty("payload").GetProperty("message").GetString()!);
        }

        var item = await desk.GetAsync();
        Assert.Equal(("😀a", 0, 1), (item.Body, item.Document, item.Version));
        Assert.Null(TestSocket.Code(await bob.PushAsync(0, "[2,[1]]")));
    }

    [Fact]
    public async Task DC4_A_bad_push_takes_none_of_those_down_that_are_committed_with_it()
    {
        var desk = await Desk.SetAsync(server, "");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var ada = await Pushing.ListenAsync(server, desk.Ada, desk.Item.Id);

        // Without waiting for answers, so that they gather while the first commits.
        var sent = new List<(bool IsBad, string Id, Pushing By)>();
        for (var i = 0; i < 60; i++)
        {
            var (by, isBad) = (i % 2 == 0 ? bob : ada, i % 6 == 5);
            sent.Add((isBad, await by.SendAsync(0, $"[{Pushing.Update(isBad ? "[7]" : """[[0,"x"]]""", $"editor {i}")}]"), by));
        }
        var codes = new List<(bool IsBad, string? Code)>();
        foreach (var (isBad, id, by) in sent)
            codes.Add((isBad, TestSocket.Code(await by.Socket.AnswerToAsync(id))));

        Assert.All(codes, answer => Assert.Equal(answer.IsBad ? ProblemCodes.BadChange : null, answer.Code));
        var item = await desk.GetAsync();
        Assert.Equal((50, 50, 51), (item.Body!.Length, item.Document, item.Version));
    }

    [Fact]
    public async Task DC5_A_document_grows_to_its_limit_and_may_shrink_from_there()
    {
        var desk = await Desk.SetAsync(server, new string('a', DocumentServer.MostCharacters - 1));
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);

        var full = await bob.PushAsync(0, $"[{DocumentServer.MostCharacters - 1},[0,\"b\"]]");
        var over = await bob.PushAsync(1, $"[{DocumentServer.MostCharacters},[0,\"c\"]]");
        var shorter = await bob.PushAsync(1, $"[[5],{DocumentServer.MostCharacters - 5}]");
        var huge = await bob.Socket.AnswerToAsync(await bob.SendAsync(2, $"[{Pushing.Update($"[{DocumentServer.MostCharacters - 5},[0,\"{new string('x', 102_400)}\"]]")}]"));

        Assert.Equal((null, ProblemCodes.PayloadTooLarge, null, ProblemCodes.PayloadTooLarge), (TestSocket.Code(full), TestSocket.Code(over), TestSocket.Code(shorter), TestSocket.Code(huge)));
        var item = await desk.GetAsync();
        Assert.Equal((DocumentServer.MostCharacters - 5, 2), (item.Body!.Length, item.Document));
    }

    [Fact]
    public async Task DC5_Who_is_too_far_behind_or_ahead_loads_the_text_again()
    {
        var desk = await Desk.SetAsync(server, "");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await bob.Socket.AnswerToAsync(await bob.SendAsync(0, $"[{string.Join(',', Enumerable.Range(0, DocumentServer.RebaseUpdates + 1).Select(i => Pushing.Update(i == 0 ? "[[0,\"x\"]]" : $"[{i},[0,\"x\"]]")))}]"));

        var behind = await bob.PushAsync(0, "[[0,\"y\"]]", "other");
        var within = await bob.PushAsync(1, "[1,[0,\"y\"]]", "other");
        var ahead = await bob.PushAsync(DocumentServer.RebaseUpdates + 9, $"[{DocumentServer.RebaseUpdates + 9}]", "other");

        Assert.Equal((ProblemCodes.Resync, null, ProblemCodes.Resync), (TestSocket.Code(behind), TestSocket.Code(within), TestSocket.Code(ahead)));
        Assert.Equal(DocumentServer.RebaseUpdates + 2, (await desk.GetAsync()).Document);
    }

    [Fact]
    public async Task DC5_Pushes_have_a_budget_of_their_own()
    {
        var desk = await Desk.SetAsync(server, "");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        var answer = await bob.Socket.AnswerToAsync(await bob.SendAsync(0, "[]"));
        var pushes = 1;
        for (; pushes < DocumentServer.PushesPerMinute * 5 && TestSocket.Code(answer) is ProblemCodes.BadChange; pushes++)
            answer = await bob.Socket.AnswerToAsync(await bob.SendAsync(0, "[]"));

        Assert.Equal(ProblemCodes.RateLimited, TestSocket.Code(answer));
        Assert.True(pushes > DocumentServer.PushesPerMinute, $"{pushes} pushes were too many.");
        Assert.True(answer.GetProperty("payload").GetProperty("retryAfter").GetDouble() > 0);
        var title = await bob.Socket.SendAsync("update", bob.Channel, new { op = "update", resource = "content", data = new { title = "Other" } });
        Assert.Equal("ack", TestSocket.Op(await bob.Socket.AnswerToAsync(title)));
    }

    [Fact]
    public async Task DC6_Viewers_follow_and_strangers_find_nothing()
    {
        var desk = await Desk.SetAsync(server, "one");
        await using var vera = await Pushing.ListenAsync(server, desk.Vera, desk.Item.Id);
        var (stranger, _) = await TestSocket.GreetAsync(server, desk.Stranger);
        await using var held = stranger;
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);

        var forbidden = await vera.PushAsync(0, "[3,[0,\"!\"]]");
        var missing = await new Pushing(stranger, desk.Item.Id).PushAsync(0, "[3,[0,\"!\"]]");
        var nothing = await new Pushing(stranger, Guid.CreateVersion7()).PushAsync(0, "[3,[0,\"!\"]]");
        var thread = await bob.Socket.SendAsync("update", $"thread:{Guid.CreateVersion7()}", new { op = "push", @base = 0, updates = Array.Empty<object>() });
        await bob.PushAsync(0, "[3,[0,\"!\"]]");

        Assert.Equal((ProblemCodes.Forbidden, ProblemCodes.NotFound, ProblemCodes.NotFound), (TestSocket.Code(forbidden), TestSocket.Code(missing), TestSocket.Code(nothing)));
        Assert.Equal(ProblemCodes.ValidationFailed, TestSocket.Code(await bob.Socket.AnswerToAsync(thread)));
        Assert.Equal(0, (await vera.Socket.NextAsync("updates")).GetProperty("payload").GetProperty("from").GetInt64());
        // Known by now to this node as a document, and no more than before to a stranger.
        Assert.Equal(ProblemCodes.NotFound, TestSocket.Code(await new Pushing(stranger, desk.Item.Id).PushAsync(1, "[4,[0,\"!\"]]")));
        Assert.Equal(ProblemCodes.Forbidden, TestSocket.Code(await vera.PushAsync(1, "[4,[0,\"!\"]]")));
        Assert.Equal("one!", (await desk.GetAsync()).Body);
        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Equal(ProblemCodes.NotFound, TestSocket.Code(await bob.PushAsync(1, "[4,[0,\"!\"]]")));
    }

    [Fact]
    public async Task DC4_What_is_no_push_at_all_is_refused_with_the_field()
    {
        var desk = await Desk.SetAsync(server);
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        string[] payloads =
        [
            """{"op":"push","updates":[]}""", """{"op":"push","base":-1,"updates":[]}""", """{"op":"push","base":"0","updates":[]}""", """{"op":"push","base":0}""",
            """{"op":"push","base":0,"base":0,"updates":[]}""", """{"op":"push","base":0,"updates":[],"more":1}""",
        ];
        foreach (var payload in payloads)
        {
            await bob.Socket.SendRawAsync($$"""{"type":"update","channel":"{{bob.Channel}}","id":"malformed","timestamp":0,"payload":{{payload}}}""");
            var refusal = await bob.Socket.AnswerToAsync("malformed");
            Assert.Equal(ProblemCodes.ValidationFailed, TestSocket.Code(refusal));
            Assert.StartsWith("payload.", refusal.GetProperty("payload").GetProperty("errors").EnumerateObject().Single().Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task DC7_Nobody_pushes_by_the_name_of_somebody_elses_editor()
    {
        var desk = await Desk.SetAsync(server, "one");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var ada = await Pushing.ListenAsync(server, desk.Ada, desk.Item.Id);
        await bob.PushAsync(0, "[3,[0,\"!\"]]", "bobs");

        var refusal = await ada.PushAsync(1, "[4,[0,\"?\"]]", "bobs");

        Assert.Equal(ProblemCodes.BadChange, TestSocket.Code(refusal));
        Assert.Null(TestSocket.Code(await ada.PushAsync(1, "[4,[0,\"?\"]]", "adas")));
        Assert.Equal("one!?", (await desk.GetAsync()).Body);
    }

    [Fact]
    public async Task DC8_Setting_the_whole_text_is_an_update_to_who_writes_in_it()
    {
        var desk = await Desk.SetAsync(server, "one two");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await desk.PatchAsync(new { body = "one 2\r\nthree" });

        var told = (await bob.Socket.NextAsync("updates")).GetProperty("payload");
        await bob.PushAsync(0, "[[0,\"zero \"],7]");
        await desk.Bob.Client.PostAsync($"{desk.Path}/revisions/1/restore", null, Stop).ShouldBeAsync(HttpStatusCode.OK);

        var update = told.GetProperty("updates")[0];
        Assert.StartsWith("server:", update.GetProperty("clientID").GetString(), StringComparison.Ordinal);
        Assert.Equal("[4,[3,\"2\",\"three\"]]", update.GetProperty("changes").GetRawText());
        Assert.Equal((0, desk.Bob.Id), (told.GetProperty("from").GetInt64(), update.GetProperty("actor").GetGuid()));
        Assert.Equal("zero one 2\nthree", (await desk.RevisionAsync(3)).Body);
        var item = await desk.GetAsync();
        Assert.Equal(("one two", 3, 4), (item.Body, item.Document, item.Version));
        Assert.Null(TestSocket.Code(await bob.PushAsync(3, "[7,[0,\"!\"]]")));
    }

    [Fact]
    [Trait("spec", "CO-4")]
    public async Task DC9_A_push_is_a_revision_and_takes_an_approval_back()
    {
        var desk = await Desk.SetAsync(server, "one");
        await desk.PatchAsync(new { status = "in_review" });
        await desk.Patch(desk.Ada, new { status = "approved", hash = (await desk.GetAsync()).Hash }).ShouldBeAsync(HttpStatusCode.OK);
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var vera = await Pushing.ListenAsync(server, desk.Vera, desk.Item.Id);

        await bob.PushAsync(0, "[3,[0,\"!\"]]");

        var item = await desk.GetAsync();
        Assert.Equal(("one!", "draft", null, 4), (item.Body, item.Status, item.Approval, item.Version));
        var told = (await vera.Socket.NextAsync("update")).GetProperty("payload").GetProperty("data");
        Assert.Equal(("draft", item.Hash), (told.GetProperty("status").GetString(), told.GetProperty("hash").GetString()));
        var revision = await desk.RevisionAsync(4);
        Assert.Equal(("one!", "draft", desk.Bob.Id), (revision.Body, revision.Status, revision.AuthorId));
        Assert.Equal(["body", "status"], revision.Changed);
        Assert.Equal(1L, await server.ScalarAsync<long>(
            "select count(*) from engine.audit_entry where action = 'content.approval_voided' and resource_id = $1 and actor_id = $2", desk.Item.Id, desk.Bob.Id));
        Assert.Equal(1L, await server.ScalarAsync<long>(
            "select count(*) from notifications.notification where kind = 'content.voided' and user_id = $1", desk.Ada.Id));
        Assert.Null(TestSocket.Code(await bob.PushAsync(1, "[4,[0,\"!\"]]")));
        Assert.Equal(["body"], (await desk.RevisionAsync(5)).Changed);
    }

    [Fact]
    [Trait("spec", "CO-4")]
    public async Task DC10_Every_text_there_was_is_rebuilt_and_so_is_who_wrote_what()
    {
        var desk = await Desk.SetAsync(server, "start ");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var ada = await Pushing.ListenAsync(server, desk.Ada, desk.Item.Id);
        var (text, texts) = ("start ", new List<string> { "start " });
        for (var i = 0; i < 25; i++)
        {
            var at = i < 12 ? text.Length : 3;
            await (i < 12 ? bob : ada).PushAsync(i, $"[{at},[0,\"{i % 10}\"]{(at < text.Length ? $",{text.Length - at}" : "")}]", i < 12 ? "bobs" : "adas");
            texts.Add(text = text.Insert(at, $"{i % 10}"));
        }
        await bob.PushAsync(25, "[[2],29]", "bobs");
        texts.Add(text = text[2..]);

        var revisions = await Task.WhenAll(Enumerable.Range(1, texts.Count).Select(n => desk.RevisionAsync(n)));
        var authorship = await desk.Vera.Client.GetAsync($"{desk.Path}/authorship", Stop).ReadAsync<ContentAuthorship>();

        Assert.Equal(texts, revisions.Select(revision => revision.Body));
        Assert.Equal(3L, await server.ScalarAsync<long>("select count(*) from content.snapshot where item_id = $1", desk.Item.Id));
        Assert.Equal(26, authorship.Document);
        Assert.Equal([(1, desk.Bob.Id, 13), (13, desk.Ada.Id, 26), (15, desk.Bob.Id, 13)], authorship.Spans.Select(span => (span.Length, span.AuthorId!.Value, (int)span.N)));
        await desk.Stranger.Client.GetAsync($"{desk.Path}/authorship", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task DC11_Lists_hear_of_what_was_written_once_and_not_key_by_key()
    {
        var desk = await Desk.SetAsync(server, "");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        var (vera, _) = await TestSocket.GreetAsync(server, desk.Vera);
        await using var held = vera;
        await vera.AnswerAsync(await vera.SendAsync("subscribe", $"workspace:{desk.Workspace}"));
        for (var i = 0; i < 5; i++)
            await bob.PushAsync(i, i == 0 ? "[[0,\"x\"]]" : $"[{i},[0,\"x\"]]");

        var told = (await vera.NextAsync("update")).GetProperty("payload");

        // As much as was written by then, which on a slow machine may be not yet all.
        Assert.StartsWith("x", told.GetProperty("data").GetProperty("excerpt").GetString(), StringComparison.Ordinal);
        Assert.Equal(desk.Bob.Id, told.GetProperty("actor").GetGuid());
        await Eventually.TrueAsync("the list shows the text", Patience, async () => (await desk.ListAsync()).Items.Single().Excerpt is "xxxxx");
        await Eventually.TrueAsync("the text is written as a whole", Patience, async () => await server.ScalarAsync<string>("select text from content.item where id = $1", desk.Item.Id) is "xxxxx");
    }

    private static long DocumentOf(JsonElement ack) => ack.GetProperty("payload").GetProperty("document").GetInt64();
}
