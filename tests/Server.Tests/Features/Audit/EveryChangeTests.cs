using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Tests.Architecture;
using Renexus.Server.Tests.Authorization;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>No operation changes anything without an entry, found in the table of all operations so that none is forgotten.</summary>
[Trait("spec", "SE-4")]
[Trait("security", "SEC-AUD-02")]
public sealed class EveryChangeTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    private const string UserAgent = "audit-tests/1.0";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> InWorkspaces => [.. RecordedOperations.InWorkspaces.Keys];

    public static TheoryData<string> OverSockets => [.. RecordedOperations.OverSockets.Keys];

    [Fact]
    public void Every_operation_says_what_it_records_or_why_nothing()
    {
        string[] known =
        [
            .. RecordedOperations.InWorkspaces.Keys, .. RecordedOperations.OverSockets.Keys, .. RecordedOperations.Personal.Keys,
            .. RecordedOperations.ByProviders.Keys,
            .. RecordedOperations.Installation.Keys, .. RecordedOperations.NotRecorded.Keys,
        ];
        var running = Operations.Rest.Concat(Operations.Realtime).Select(o => o.Name);

        Findings.None(RecordedOperations.ThatChange.Except(known).Select(name => $"{name}: write an entry, and say which in RecordedOperations."));
        Findings.None(known.Except(running).Select(name => $"{name} is in RecordedOperations, and there is no such operation."));
        Assert.Equal(known.Length, known.Distinct().Count());
    }

    [Fact]
    [Trait("security", "SEC-AUD-06")]
    public void Every_action_of_the_catalogue_is_written_by_somebody()
    {
        var code = string.Concat(SourceTree.Read("src/Renexus.Server", "*.cs").Select(file => file.Text));
        var names = typeof(AuditActions).GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.FieldType == typeof(AuditAction)).Select(f => f.Name).ToArray();

        Assert.NotEmpty(names);
        Findings.None(names.Where(name => !code.Contains($"AuditActions.{name}", StringComparison.Ordinal)).Select(name => $"Nobody writes {name}."));
    }

    [Theory]
    [MemberData(nameof(InWorkspaces))]
    public async Task What_is_done_in_a_workspace_is_recorded_with_who_and_from_where(string name)
    {
        var operation = Operations.Rest.First(o => o.Name == name);
        var scene = operation.Needs is null ? Scene.Own : Scene.Open;
        var stage = await Stage.SetAsync(server, operation, Asker.Owner, scene);
        using var request = new HttpRequestMessage(new HttpMethod(name[..name.IndexOf(' ')]), stage.Fill(name[(name.IndexOf(' ') + 1)..]));
        request.Headers.UserAgent.ParseAdd(UserAgent);
        if (stage.BodyOf(operation, scene) is { } body)
            request.Content = JsonContent.Create(body);

        using var answer = await server[Asker.Owner].Client.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));

        Assert.Equal(1, await CountAsync(stage, RecordedOperations.InWorkspaces[name].Name, answer.Headers.GetValues("X-Correlation-Id").Single(), UserAgent));
    }

    [Theory]
    [MemberData(nameof(OverSockets))]
    public async Task What_is_written_over_a_socket_is_recorded_the_same(string name)
    {
        var operation = Operations.Realtime.Single(o => o.Name == name);
        var stage = await Stage.SetAsync(server, operation, Asker.Owner, operation.About is About.InThread ? Scene.Own : Scene.Open);
        var (socket, _) = await TestSocket.GreetAsync(server, server[Asker.Owner]);
        await using var held = socket;
        var (op, resource, kind) = name.Split(' ') is [var first, var second, _, var last] ? (first, second, last) : default;
        var id = Guid.CreateVersion7().ToString();

        var answer = await socket.AnswerAsync(await socket.SendAsync(
            "update",
            $"{kind}:{stage.Ids[kind + "Id"]}",
            new { op, resource, resourceId = op == "create" ? null : stage.Ids[resource + "Id"], data = op == "delete" ? null : Data(op, resource) },
            id: id));
        Assert.True(TestSocket.Op(answer) is "ack", answer.GetRawText());

        Assert.Equal(1, await CountAsync(stage, RecordedOperations.OverSockets[name].Name, id, device: null));
    }

    [Fact]
    public async Task A_person_who_is_added_is_recorded()
    {
        var stage = await Stage.SetAsync(server, Operations.Rest.First(o => o.Name == "PATCH /api/workspaces/{workspaceId}"), Asker.Owner, Scene.Open);
        var guest = await server.SignedInAs("guest");

        await TestServer.AddMember(server[Asker.Owner], stage.Workspace, guest);

        Assert.Equal("""{"role":"editor"}""", await server.ScalarAsync<string>(
            "select after from engine.audit_entry where workspace_id = $1 and action = 'member.added' and resource_id = $2", stage.Workspace, guest.Id));
    }

    [Fact]
    public async Task Before_and_after_are_what_was_and_what_is()
    {
        var owner = server[Asker.Owner];
        var workspace = await TestServer.CreateWorkspace(owner, "First");
        var thread = await TestServer.CreateThread(owner, workspace, "One");
        await owner.Client.PatchAsJsonAsync($"/api/workspaces/{workspace}", new { name = "Second" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await owner.Client.PatchAsJsonAsync($"/api/threads/{thread}", new { title = "Two" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        var message = (await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "hello" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created)).Id;
        await owner.Client.PatchAsJsonAsync($"/api/messages/{message}", new { body = "goodbye" }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("""{"name":"First"} {"name":"Second"}""", await ChangedAsync("workspace.updated"));
        Assert.Equal("""{"title":"One","archived":false} {"title":"Two","archived":false}""", await ChangedAsync("thread.updated"));
        var edited = await ChangedAsync("message.edited");
        Assert.Contains("\"body\":\"hello\"", edited, StringComparison.Ordinal);
        Assert.Contains("\"body\":\"goodbye\"", edited, StringComparison.Ordinal);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where resource_id = $1 and action <> 'message.edited'", message));

        Task<string?> ChangedAsync(string action) =>
            server.ScalarAsync<string>("select before || ' ' || after from engine.audit_entry where workspace_id = $1 and action = $2", workspace, action);
    }

    [Fact, Trait("spec", "TH-1")]
    public async Task Words_of_a_private_thread_are_not_told_to_admins_who_are_not_in_it()
    {
        var (owner, member) = (server[Asker.Owner], await server.SignedInAs("member"));
        var workspace = await TestServer.CreateWorkspace(owner);
        await TestServer.AddMember(owner, workspace, member);
        var thread = (await member.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "canary-title", participants = new[] { member.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        var message = (await member.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "canary-one" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created)).Id;
        await member.Client.PatchAsJsonAsync($"/api/messages/{message}", new { body = "canary-two" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await member.Client.DeleteAsync($"/api/messages/{message}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await member.Client.PatchAsJsonAsync($"/api/threads/{thread}", new { title = "canary-renamed" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await member.Client.DeleteAsync($"/api/threads/{thread}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        var trail = await owner.Client.GetStringAsync($"/api/workspaces/{workspace}/audit", Stop);

        Assert.DoesNotContain("canary", trail, StringComparison.Ordinal);
        foreach (var action in new[] { "thread.created", "message.edited", "message.deleted", "thread.updated", "thread.deleted" })
            Assert.Contains($"\"{action}\"", trail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_leaves_no_entry_of_a_change()
    {
        var stage = await Stage.SetAsync(server, Operations.Rest.First(o => o.Name == "PATCH /api/workspaces/{workspaceId}"), Asker.Viewer, Scene.Open);
        var before = await server.ScalarAsync<long>("select count(*) from engine.audit_entry where workspace_id = $1", stage.Workspace);

        await server[Asker.Viewer].Client.PatchAsJsonAsync($"/api/workspaces/{stage.Workspace}", new { name = "Mine" }, Stop).ShouldBeAsync(HttpStatusCode.Forbidden);
        await server[Asker.Stranger].Client.DeleteAsync($"/api/workspaces/{stage.Workspace}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);

        Assert.Equal(before, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where workspace_id = $1", stage.Workspace));
    }

    private static object Data(string op, string resource) => (op, resource) switch
    {
        ("create", "content") => new { kind = "post", title = "Plans" },
        (_, "thread" or "content") => new { title = "Plans" },
        _ => new { body = "changed" },
    };

    private Task<long> CountAsync(Stage stage, string action, string correlationId, string? device) => server.ScalarAsync<long>("""
        select count(*) from engine.audit_entry
        where workspace_id = $1 and action = $2 and actor_id = $3 and correlation_id = $4 and address = '127.0.0.1' and session_id is not null
          and coalesce(device, '') = $5
        """, stage.Workspace, action, server[Asker.Owner].Id, correlationId, device ?? "");
}
