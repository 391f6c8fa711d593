using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Architecture;

namespace Renexus.Server.Tests.Authorization;

/// <summary>Versions on every resource that has one (GW-6): what is read says its version, what is changed may be bound to one.</summary>
[Trait("spec", "GW-6")]
public sealed class VersionTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    /// <summary>Changes that cannot be bound to a version, and why.</summary>
    private static readonly Dictionary<string, string> Unversioned = new(StringComparer.Ordinal)
    {
        ["DELETE /api/auth/sessions"] = "all of them",
        ["DELETE /api/auth/sessions/{sessionId}"] = "a log-in is open or ended",
        ["DELETE /api/workspaces/{workspaceId}/invitations/{invitationId}"] = "an invitation is open or gone",
        ["PATCH /api/messages/{messageId}"] = "a message's version is its place and never changes",
        ["DELETE /api/messages/{messageId}"] = "the same",
        ["DELETE /api/messages/{messageId}/reactions/{emoji}"] = "one's own reaction is there or not",
        ["DELETE /api/workspaces/{workspaceId}/exports/{exportId}"] = "an archive is there or gone",
        ["DELETE /api/files/{fileId}"] = "a file is there or gone, and never another one",
        ["PUT /api/files/uploads/{token}"] = "bytes of a file that is not there yet",
        ["DELETE /api/me/totp"] = "it is there or not",
        ["PATCH /api/me/passkeys/{passkeyId}"] = "its name alone, by one person",
        ["DELETE /api/me/passkeys/{passkeyId}"] = "it is there or not",
        ["DELETE /api/me/keys/{keyId}"] = "it is there or not",
        ["DELETE /api/me/identities/{providerId}"] = "it is there or not",
        ["DELETE /api/ops/jobs/{jobId}"] = "a job is dead or it is not thrown away",
        ["PUT /api/me/password"] = "nobody reads it",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Reads() => [.. Operations.Rest
        .Where(o => o.Name.StartsWith("GET /api/", StringComparison.Ordinal) && o.About is About.Oneself or About.InWorkspace or About.InThread && o.Name.StartsWith("GET ", StringComparison.Ordinal))
        .Select(o => o.Name)];

    public static TheoryData<string> Changes() => [.. Operations.Rest
        .Where(o => o.Name.Split(' ')[0] is "PUT" or "PATCH" or "DELETE" && !Unversioned.ContainsKey(o.Name)).Select(o => o.Name)];

    [Fact]
    public void Every_change_can_be_bound_to_a_version_or_says_why_not()
    {
        var wrong =
            from found in server.Endpoints()
            where found.Name.Split(' ')[0] is "PUT" or "PATCH" or "DELETE"
            let isBound = found.Endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters().Any(p => p.ParameterType == typeof(IfMatch)) ?? false
            where isBound == Unversioned.ContainsKey(found.Name)
            select $"{found.Name} {(isBound ? "takes" : "does not take")} If-Match";

        Findings.None(wrong);
    }

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task A_change_based_on_another_version_is_refused_with_the_current_state(string name)
    {
        var operation = Operations.Rest.Single(o => o.Name == name);
        var stage = await Stage.SetAsync(server, operation, Asker.Owner, Scene.Open);
        var space = name.IndexOf(' ');
        using var request = new HttpRequestMessage(new HttpMethod(name[..space]), stage.Fill(name[(space + 1)..]));
        request.Headers.TryAddWithoutValidation("If-Match", "\"999\"");
        request.Content = name.StartsWith("DELETE ", StringComparison.Ordinal) ? null : JsonContent.Create(stage.BodyOf(operation, Scene.Open) ?? new { });

        using var answer = await server[Asker.Owner].Client.SendAsync(request, Stop);

        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.PreconditionFailed, $"{(int)answer.StatusCode} {text}");
        var problem = JsonElement.Parse(text);
        Assert.Equal(ProblemCodes.PreconditionFailed, problem.GetProperty("code").GetString());
        var current = problem.GetProperty("current");
        // What the client needs to merge and try again; of preferences nobody looks inside, and a draft that nobody has begun has version 0.
        Assert.True(name.EndsWith("/preferences", StringComparison.Ordinal) || name.EndsWith("/draft", StringComparison.Ordinal) || current.GetProperty("version").GetInt64() > 0, text);
    }

    [Theory]
    [MemberData(nameof(Reads), DisableDiscoveryEnumeration = true)]
    public async Task What_has_a_version_says_it_and_is_not_sent_again_to_who_holds_it(string name)
    {
        var operation = Operations.Rest.Single(o => o.Name == name);
        if (operation.About is About.Oneself && name.Contains('{', StringComparison.Ordinal))
            return;
        var stage = await Stage.SetAsync(server, operation, Asker.Owner, Scene.Open);
        var address = stage.Fill(name["GET ".Length..]);
        using var first = await GetAsync(address, held: null);
        var text = await first.Content.ReadAsStringAsync(Stop);
        // A message's version is its place in the thread, not a count of its changes.
        var hasVersion = first.Content.Headers.ContentType?.MediaType is "application/json" && JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } body
            && body.TryGetProperty("version", out _) && !body.TryGetProperty("threadId", out _);
        Assert.True(!hasVersion || first.Headers.ETag is not null, $"{name} has a version and no ETag: {text}");
        if (first.Headers.ETag is not { } tag)
            return;

        foreach (var held in (string[])[tag.ToString(), $"W/{tag}", $"\"0x\", {tag}", "*"])
        {
            using var again = await GetAsync(address, held);
            Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync(Stop)).Length));
            Assert.Equal(tag, again.Headers.ETag);
        }

        using var other = await GetAsync(address, "\"999\"");
        Assert.Equal((HttpStatusCode.OK, text), (other.StatusCode, await other.Content.ReadAsStringAsync(Stop)));
    }

    private Task<HttpResponseMessage> GetAsync(string address, string? held)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (held is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", held);
        return server[Asker.Owner].Client.SendAsync(request, Stop);
    }
}
