using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Tests.Architecture;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Keys;

/// <summary>Every operation of the running server with every scope there is, over HTTP and over sockets.</summary>
[Trait("spec", "AU-9")]
[Trait("security", "SEC-SESS-10")]
public sealed class KeyScopesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_asks_for_its_scope_and_what_has_none_is_closed_to_keys()
    {
        var ada = await server.SignedInAs("ada");
        foreach (var scope in KeyScopes.All)
        {
            using var program = server.Program((await server.WithKeyAsync(ada, scope)).Key);
            foreach (var (method, pattern, isOpen) in OperationsOfServer())
            {
                var name = $"{method} {pattern}";
                using var response = await SendAsync(program, method, pattern);

                // Nothing is asked for that exists: who is let through finds nothing, or has sent nonsense.
                var isRefused = response.StatusCode == HttpStatusCode.Forbidden;
                var mayPass = (isOpen && method == "GET") || (KeyScopes.Table.TryGetValue(name, out var needed) && KeyScopes.Covers(scope, needed));
                Assert.True(mayPass != isRefused, $"{name} answered a key with the scope {scope} {(int)response.StatusCode}");
                if (isRefused)
                    Assert.Contains("insufficient_scope", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_key_with_all_scopes_neither_makes_keys_nor_changes_how_one_logs_in()
    {
        var ada = await server.SignedInAs("ada");
        using var program = server.Program((await server.WithKeyAsync(ada, [.. KeyScopes.All])).Key);

        foreach (var (method, path) in new[]
        {
            ("POST", "/api/me/keys"), ("GET", "/api/me/keys"), ("POST", "/api/me/totp"), ("DELETE", "/api/me/totp"), ("POST", "/api/me/recovery-codes"),
            ("POST", "/api/me/passkeys/challenge"), ("GET", "/api/me/security"), ("POST", "/api/auth/step-up"), ("POST", "/api/auth/login"),
            ("POST", "/api/auth/refresh"), ("POST", "/api/auth/logout"), ("GET", "/api/auth/sessions"), ("DELETE", "/api/auth/sessions"),
            ("PATCH", "/api/me"), ("DELETE", "/api/me"), ("GET", "/api/me/export"),
        })
        {
            await SendAsync(program, method, path).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        }
    }

    [Fact]
    public void No_key_does_what_wants_a_fresh_proof()
    {
        var dangerous = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<RecentProofMetadata>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {NameOf(endpoint)}"));

        Assert.DoesNotContain(dangerous, KeyScopes.Table.ContainsKey);
    }

    [Fact]
    public void The_table_names_operations_that_there_are()
    {
        var known = Operations.Rest.Concat(Operations.Realtime).Select(operation => operation.Name).ToHashSet(StringComparer.Ordinal);

        Findings.None(KeyScopes.Table.Keys.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void The_page_on_keys_has_the_table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "keys.md"));
        var documented = page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(c => c == '`') == 4)
            .Select(line => line.Split('`')).Select(parts => $"{parts[1]}: {parts[3]}");

        Assert.Equal(KeyScopes.Table.Select(row => $"{row.Key}: {row.Value}").Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_program_reads_and_writes_as_its_owner_may()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        var workspace = await TestServer.CreateWorkspace(ada);
        var thread = await TestServer.CreateThread(ada, workspace);
        using var reader = server.Program((await server.WithKeyAsync(ada, "read")).Key);
        using var writer = server.Program((await server.WithKeyAsync(ada, "threads:write")).Key);
        using var stranger = server.Program((await server.WithKeyAsync(eve, "write")).Key);

        var message = await writer.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "hello" }, Stop).ReadAsync<Message>(HttpStatusCode.Created);
        Assert.Equal(ada.Id, message.AuthorId);
        Assert.Single((await reader.GetAsync($"/api/threads/{thread}/messages", Stop).ReadAsync<Page<Message>>()).Items);
        await stranger.GetAsync($"/api/threads/{thread}/messages", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Sockets_hold_a_key_to_its_scopes()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        var thread = await TestServer.CreateThread(ada, workspace);

        foreach (var scope in KeyScopes.All)
        {
            var key = (await server.WithKeyAsync(ada, scope)).Key;
            await using var socket = await GreetAsync(key, scope == "read");
            foreach (var (operation, channel) in new[] { ("subscribe user", $"user:{ada.Id}"), ("subscribe workspace", $"workspace:{workspace}"), ("subscribe thread", $"thread:{thread}") })
            {
                var answer = await socket.AnswerAsync(await socket.SendAsync("subscribe", channel));
                Assert.Equal((operation, scope, Covered(scope, operation) ? null : ProblemCodes.Forbidden), (operation, scope, TestSocket.Code(answer)));
            }

            var written = await socket.AnswerAsync(await socket.PostAsync(thread, "hello"));
            Assert.Equal((scope, Covered(scope, "create message on thread") ? null : ProblemCodes.Forbidden), (scope, TestSocket.Code(written)));
            var opened = await socket.AnswerAsync(await socket.SendAsync("update", $"workspace:{workspace}", new { op = "create", resource = "thread", data = new { title = "By a robot" } }));
            Assert.Equal((scope, Covered(scope, "create thread on workspace") ? null : ProblemCodes.Forbidden), (scope, TestSocket.Code(opened)));
        }

        static bool Covered(string scope, string operation) => KeyScopes.Covers(scope, KeyScopes.Table[operation]);
    }

    [Fact]
    public async Task A_connection_does_not_change_from_a_log_in_to_a_key_or_back()
    {
        var ada = await server.SignedInAs("ada");
        var (first, second) = ((await server.WithKeyAsync(ada, "read")).Key, (await server.WithKeyAsync(ada, "read")).Key);
        await using var keys = await GreetAsync(first, atUpgrade: false);
        var (persons, _) = await TestSocket.GreetAsync(server, ada);
        await using var _ = persons;

        foreach (var (socket, token, code) in new[]
        {
            (keys, first, null), (keys, second, ProblemCodes.Forbidden), (keys, ada.AccessToken, ProblemCodes.Forbidden),
            (persons, ada.AccessToken, null), (persons, first, ProblemCodes.Forbidden),
        })
        {
            Assert.Equal(code, TestSocket.Code(await socket.AnswerAsync(await socket.SendAsync("subscribe", "$session", new { token }))));
        }
    }

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task Revoking_a_key_ends_its_sockets_and_no_others()
    {
        var ada = await server.SignedInAs("ada");
        var (doomed, other) = (await server.WithKeyAsync(ada, "read"), await server.WithKeyAsync(ada, "read"));
        await using var socket = await GreetAsync(doomed.Key, atUpgrade: false);
        await using var survivor = await GreetAsync(other.Key, atUpgrade: true);

        await ada.Client.DeleteAsync($"/api/me/keys/{doomed.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(4504, await socket.Closed);
        Assert.Null(TestSocket.Code(await survivor.AnswerAsync(await survivor.SendAsync("subscribe", $"user:{ada.Id}"))));
        await using var again = await TestSocket.ConnectAsync(server.Address);
        await again.SendAsync("subscribe", "$session", new { token = doomed.Key }, id: "hello");
        Assert.Equal(4500, await again.Closed);
    }

    private async Task<TestSocket> GreetAsync(string key, bool atUpgrade)
    {
        var socket = atUpgrade ? await TestSocket.ConnectAsync(server.Address, ("Authorization", "Bearer " + key)) : await TestSocket.ConnectAsync(server.Address);
        await socket.SendAsync("subscribe", "$session", atUpgrade ? new { } : new { token = key }, id: "hello");
        await socket.NextAsync("welcome");
        return socket;
    }

    private IEnumerable<(string Method, string Pattern, bool IsOpen)> OperationsOfServer() =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let name = NameOf(endpoint)
        where name.StartsWith("/api", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (method, name, endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    private static string NameOf(RouteEndpoint endpoint) =>
        "/" + string.Join('/', endpoint.RoutePattern.RawText!.Trim('/').Split('/').Select(part => part.StartsWith('{') ? part.Split(':')[0].TrimEnd('}') + "}" : part));

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string pattern)
    {
        var path = string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? Guid.CreateVersion7().ToString() : part));
        return client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : JsonContent.Create("nonsense") }, Stop);
    }
}
