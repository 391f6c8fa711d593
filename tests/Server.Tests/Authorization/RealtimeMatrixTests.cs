using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>The same over sockets: who may listen to what, and write what (SEC-AUTHZ-02). Who is not signed in has no socket.</summary>
[Trait("spec", "OR-1")]
[Trait("security", "SEC-AUTHZ-01")]
public sealed partial class RealtimeMatrixTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    public static TheoryData<string, Asker, Scene> Cells()
    {
        var cells = new TheoryData<string, Asker, Scene>();
        foreach (var operation in Operations.Realtime)
        {
            foreach (var scene in Judgement.ScenesOf(operation))
            {
                foreach (var asker in Enum.GetValues<Asker>().Except([Asker.Ended, Asker.Anonymous]))
                    cells.Add(operation.Name, asker, scene);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells), DisableDiscoveryEnumeration = true)]
    [Trait("security", "SEC-AUTHZ-02")]
    public async Task Each_channel_answers_each_relation_as_the_table_says(string name, Asker asker, Scene scene)
    {
        var operation = Operations.Realtime.Single(o => o.Name == name);
        var verdict = Judgement.Of(operation, asker, scene);
        var staged = operation.About is About.Nobody ? operation with { About = About.InThread } : operation;
        var stage = await Stage.SetAsync(
            server, staged, asker, scene, isChanged: verdict is Verdict.Allowed && !name.StartsWith("subscribe ", StringComparison.Ordinal));
        // A personal channel of somebody else is not there.
        if (operation.About is About.Oneself)
        {
            stage.Ids["userId"] = server.Host.Id.ToString();
            verdict = Verdict.Invisible;
        }

        // Nor is the operators' for anybody else.
        if (operation.About is About.Installation && verdict is Verdict.Forbidden)
            verdict = Verdict.Invisible;

        var kind = name[(name.LastIndexOf(' ') + 1)..];
        var (socket, _) = await TestSocket.GreetAsync(server, server[asker]);
        await using var held = socket;
        var before = stage.Workspace == Guid.Empty ? 0 : await stage.MovesAsync();

        var answer = await AskAsync(socket, operation, kind is "ops" ? kind : $"{kind}:{stage.Ids[kind + "Id"]}", stage);

        Assert.True(Expects(operation, verdict, answer), $"{name}, {asker}, {scene}: expected {verdict}, got {answer.GetRawText()}");
        if (verdict is Verdict.Allowed)
            return;

        if (stage.Workspace != Guid.Empty)
            Assert.Equal(before, await stage.MovesAsync());
        Assert.DoesNotContain("secret", answer.GetRawText(), StringComparison.OrdinalIgnoreCase);
        if (verdict is Verdict.Invisible && kind is not "ops")
        {
            var nothing = await AskAsync(socket, operation, $"{kind}:{Guid.CreateVersion7()}", stage, random: true);
            Assert.Equal(WithoutIds(nothing), WithoutIds(answer));
        }
    }

    [Fact]
    [Trait("security", "SEC-AUTHZ-02")]
    public async Task The_own_channel_is_there()
    {
        var (socket, _) = await TestSocket.GreetAsync(server, server[Asker.Viewer]);
        await using var held = socket;

        var answer = await socket.AnswerAsync(await socket.SendAsync("subscribe", $"user:{server[Asker.Viewer].Id}", new { v = 0 }));

        Assert.Equal("subscribed", TestSocket.Op(answer));
    }

    private static async Task<JsonElement> AskAsync(TestSocket socket, Operation operation, string channel, Stage stage, bool random = false)
    {
        var words = operation.Name.Split(' ');
        if (words[0] is "subscribe")
            return await socket.AnswerAsync(await socket.SendAsync("subscribe", channel, new { v = 0 }));

        if (words.Length == 3)
            return await TellAsync(socket, words[0], channel);
        var (op, resource) = (words[0], words[1]);
        if (op is "push")
        {
            var updates = new[] { new { clientID = "editor", changes = new object[] { "secret words".Length, new object[] { 0, "!" } } } };
            return await socket.AnswerAsync(await socket.SendAsync("update", channel, new { op, @base = 0, updates }, id: Guid.CreateVersion7().ToString()));
        }
        object? data = (op, resource) switch
        {
            ("delete", _) => null,
            (_, "thread") => new { title = "Plans" },
            (_, "message") => new { body = "hello" },
            (_, "content") => op is "create" ? new { kind = "post", title = "Plans" } : new { title = "Plans" },
            (_, "reaction") => new { messageId = random ? Guid.CreateVersion7().ToString() : stage.Ids["messageId"], emoji = "🎉" },
            _ => throw new InvalidOperationException($"{operation.Name}: say what is written."),
        };
        var resourceId = op is "create" ? null
            : random ? Guid.CreateVersion7().ToString()
            : stage.Ids.GetValueOrDefault(resource + "Id");
        return await socket.AnswerAsync(await socket.SendAsync("update", channel, new { op, resource, resourceId, data }, id: Guid.CreateVersion7().ToString()));
    }

    /// <summary>What passes by is answered only when it is refused, so that what is said next has its answer first.</summary>
    private static async Task<JsonElement> TellAsync(TestSocket socket, string op, string channel)
    {
        var told = await socket.SendAsync("update", channel, op is "cursor" ? new { op, at = 0, anchor = 0, head = 0 } : new { op });
        var next = await socket.SendAsync("unsubscribe", channel);
        while (true)
        {
            var message = await socket.NextAsync();
            if (message.TryGetProperty("re", out var re) && (re.GetString() == told || re.GetString() == next))
                return message;
        }
    }

    private static bool Expects(Operation operation, Verdict verdict, JsonElement answer) => (verdict, TestSocket.Code(answer)) switch
    {
        (Verdict.Allowed, null) => TestSocket.Op(answer) is "ack" or "subscribed" or "unsubscribed",
        (Verdict.Invisible, ProblemCodes.UnknownChannel) => operation.Name.StartsWith("subscribe ", StringComparison.Ordinal),
        (Verdict.Invisible, ProblemCodes.NotFound) => true,
        (Verdict.Forbidden, ProblemCodes.Forbidden) => true,
        (Verdict.Meaningless, ProblemCodes.ValidationFailed) => true,
        _ => false,
    };

    private static string WithoutIds(JsonElement answer)
    {
        var message = JsonNode.Parse(answer.GetRawText())!.AsObject();
        message.Remove("re");
        message.Remove("timestamp");
        message.Remove("id");
        return Id().Replace(message.ToJsonString(), "ID");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
