using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>Whatever is not the caller's to set cannot even be said: an unknown member refuses the whole request (SEC-AUTHZ-05).</summary>
[Trait("security", "SEC-AUTHZ-05")]
[Trait("security", "API3")]
public sealed class MassAssignmentTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    private static readonly string[] Privileged =
    [
        "id", "workspaceId", "userId", "ownerId", "authorId", "role", "isAdmin", "isOperator", "createdAt", "updatedAt", "deletedAt", "createdBy",
        "version", "tenantId", "permissions", "passwordHash", "emailVerified", "sessionId", "__proto__", "$type",
    ];

    /// <summary>Takes any object: it is the person's own and nobody looks inside.</summary>
    private const string Free = "PUT /api/me/preferences";

    /// <summary>Takes messages, each answered for itself as over a socket.</summary>
    private const string Messages = "POST /api/send";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes() => [.. Operations.Rest.Where(o => !o.Name.StartsWith("GET ", StringComparison.Ordinal)).Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(Writes), DisableDiscoveryEnumeration = true)]
    public async Task No_write_takes_what_it_does_not_declare(string name)
    {
        var operation = Operations.Rest.Single(o => o.Name == name);
        var endpoint = server.Endpoints().First(e => e.Name == name).Endpoint;
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type || name is Free or Messages)
            return;

        var declared = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).ToHashSet();
        var stage = await Stage.SetAsync(server, operation, Asker.Owner, Scene.Open);
        foreach (var member in Privileged.Where(member => !declared.Contains(member)))
        {
            var body = JsonSerializer.SerializeToNode(stage.BodyOf(operation, Scene.Open) ?? new { })!.AsObject();
            body[member] = "x";
            using var request = new HttpRequestMessage(new HttpMethod(name[..name.IndexOf(' ')]), stage.Fill(name[(name.IndexOf(' ') + 1)..]))
            {
                Content = JsonContent.Create(body),
            };

            using var answer = await server[Asker.Owner].Client.SendAsync(request, Stop);

            var text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest && text.Contains(ProblemCodes.ValidationFailed, StringComparison.Ordinal), $"{name} with {member}: {(int)answer.StatusCode} {text}");
            Assert.True(JsonElement.Parse(text).GetProperty("errors").EnumerateObject().Any(e => e.Name.Contains(member, StringComparison.Ordinal)), text);
        }
    }

    [Fact]
    public async Task Preferences_take_any_object_and_give_nothing_by_it()
    {
        var person = server[Asker.Viewer];
        var before = await person.Client.GetAsync("/api/me", Stop).ReadAsync<User>();

        await person.Client.PutAsJsonAsync("/api/me/preferences", Privileged.ToDictionary(name => name, _ => true), Stop).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(before, await person.Client.GetAsync("/api/me", Stop).ReadAsync<User>());
        Assert.False(before.IsOperator);
    }

    [Theory]
    [InlineData("create thread on workspace", "title")]
    [InlineData("update thread on thread", "title")]
    [InlineData("create message on thread", "body")]
    [InlineData("update message on thread", "body")]
    public async Task Nor_does_a_write_over_a_socket(string name, string own)
    {
        var operation = Operations.Realtime.Single(o => o.Name == name);
        var stage = await Stage.SetAsync(server, operation with { About = About.InThread }, Asker.Owner, Scene.Own);
        var (op, resource, kind) = name.Split(' ') is var words ? (words[0], words[1], words[3]) : default;
        var (socket, _) = await TestSocket.GreetAsync(server, server[Asker.Owner]);
        await using var held = socket;
        var before = await stage.MovesAsync();

        // A new thing may bring its id, a message says what it answers.
        foreach (var member in Privileged.Where(member => !(member is "id" && op is "create")))
        {
            var data = new Dictionary<string, string> { [own] = "x", [member] = "x" };
            var payload = new { op, resource, resourceId = op is "create" ? null : stage.Ids[resource + "Id"], data };
            var answer = await socket.AnswerAsync(await socket.SendAsync("update", $"{kind}:{stage.Ids[kind + "Id"]}", payload, id: Guid.CreateVersion7().ToString()));
            Assert.Equal($"{member} {ProblemCodes.ValidationFailed}", $"{member} {TestSocket.Code(answer)}");
        }

        Assert.Equal(before, await stage.MovesAsync());
    }
}
