using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Tests.Authorization;

/// <summary>The same by sync: who may do what when it was done offline (SEC-AUTHZ-02). Who is not signed in is refused as a whole.</summary>
[Trait("spec", "OR-1")]
[Trait("spec", "SY-2")]
[Trait("security", "SEC-AUTHZ-01")]
public sealed partial class SyncMatrixTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    /// <summary>The operations of the table that sync carries out; those about oneself name nobody else.</summary>
    private static readonly Dictionary<(string Resource, string Type), string> Reached = new()
    {
        [("message", "create")] = "create message on thread",
        [("message", "update")] = "update message on thread",
        [("message", "delete")] = "delete message on thread",
        [("preferences", "update")] = "PUT /api/me/preferences",
        [("reaction", "create")] = "create reaction on thread",
        [("reaction", "delete")] = "delete reaction on thread",
        [("readMarker", "update")] = "POST /api/threads/{threadId}/read",
        [("content", "create")] = "create content on workspace",
        [("content", "update")] = "update content on content",
        [("content", "delete")] = "delete content on content",
        [("thread", "create")] = "create thread on workspace",
        [("thread", "update")] = "update thread on thread",
        [("thread", "delete")] = "delete thread on thread",
        [("user", "update")] = "PATCH /api/me",
    };

    public static TheoryData<string, string, Asker, Scene> Cells()
    {
        var cells = new TheoryData<string, string, Asker, Scene>();
        foreach (var ((resource, type), name) in Reached)
        {
            var operation = Judgement.All.Single(o => o.Name == name);
            if (operation.About is About.Oneself)
                continue;
            foreach (var scene in Judgement.ScenesOf(operation))
            {
                foreach (var asker in Enum.GetValues<Asker>().Except([Asker.Ended, Asker.Anonymous]))
                    cells.Add(resource, type, asker, scene);
            }
        }

        return cells;
    }

    [Fact]
    public void Every_operation_of_sync_is_tried_and_is_one_of_the_table()
    {
        var running =
            from resource in server.Services.GetServices<ISyncResource>()
            from op in (ChangeOp[])[ChangeOp.Create, ChangeOp.Update, ChangeOp.Delete]
            where resource.OperationOf(op) is not null
            select ((resource.Name, op.ToString().ToLowerInvariant()), resource.OperationOf(op)!);

        Assert.Equal(Reached.Select(r => (r.Key, r.Value)).Order(), running.Order());
        Assert.All(Reached.Values, name => Assert.Contains(name, Judgement.All.Select(o => o.Name)));
    }

    [Theory]
    [MemberData(nameof(Cells), DisableDiscoveryEnumeration = true)]
    [Trait("security", "SEC-AUTHZ-02")]
    public async Task Each_operation_answers_each_relation_as_the_table_says(string resource, string type, Asker asker, Scene scene)
    {
        var operation = Judgement.All.Single(o => o.Name == Reached[(resource, type)]);
        var verdict = Judgement.Of(operation, asker, scene);
        var stage = await Stage.SetAsync(server, operation, asker, scene, isChanged: verdict is Verdict.Allowed);
        var before = await stage.MovesAsync();

        var result = await SyncAsync(asker, resource, type, name => stage.Ids[name]);

        Assert.True(Expects(verdict, result), $"{type} {resource}, {asker}, {scene}: expected {verdict}, got {result.Outcome} {result.Problem?.Code}");
        if (verdict is Verdict.Allowed)
            return;

        Assert.Equal(before, await stage.MovesAsync());
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(result), StringComparison.OrdinalIgnoreCase);
        if (verdict is Verdict.Invisible)
        {
            var nothing = await SyncAsync(asker, resource, type, _ => Guid.CreateVersion7().ToString());
            Assert.Equal(WithoutIds(nothing), WithoutIds(result));
        }
    }

    private async Task<SyncResult> SyncAsync(Asker asker, string resource, string type, Func<string, string> idOf)
    {
        object? data = (resource, type) switch
        {
            (_, "delete") => null,
            ("message", "create") => new { threadId = idOf("threadId"), body = "hello" },
            ("message", _) => new { body = "hello" },
            ("thread", "create") => new { workspaceId = idOf("workspaceId"), title = "Plans" },
            ("thread", _) => new { title = "Plans" },
            ("content", "create") => new { workspaceId = idOf("workspaceId"), kind = "post", title = "Plans" },
            ("content", _) => new { title = "Plans" },
            ("reaction", _) => new { messageId = idOf("messageId"), emoji = "🎉" },
            ("readMarker", _) => new { version = 1 },
            _ => throw new InvalidOperationException($"{type} {resource}: say what is sent."),
        };
        var resourceId = type is "create" ? null : idOf(resource switch { "message" => "messageId", "reaction" => "reactionId", "content" => "contentId", _ => "threadId" });
        using var response = await server[asker].Client.PostAsJsonAsync(
            "/api/sync", new { operations = new[] { new { id = Guid.CreateVersion7().ToString(), type, resource, resourceId, data } } }, Stop);
        return Assert.Single((await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.SyncResults, Stop))!.Results);
    }

    private static bool Expects(Verdict verdict, SyncResult result) => verdict switch
    {
        Verdict.Allowed => result.Outcome is SyncOutcomes.Applied,
        Verdict.Invisible => result is { Outcome: SyncOutcomes.Rejected, Problem.Code: ProblemCodes.NotFound },
        Verdict.Forbidden => result is { Outcome: SyncOutcomes.Rejected, Problem.Code: ProblemCodes.Forbidden },
        _ => false,
    };

    private static string WithoutIds(SyncResult result) =>
        Id().Replace(JsonSerializer.Serialize(result with { Id = "", Problem = result.Problem! with { TraceId = null } }), "ID");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
