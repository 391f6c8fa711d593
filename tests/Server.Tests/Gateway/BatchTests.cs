using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>Several requests in one, each as if it had come alone (GW-8).</summary>
[Trait("spec", "GW-8")]
public sealed class BatchTests(BatchTests.BatchServer server) : IClassFixture<BatchTests.BatchServer>
{
    public sealed class BatchServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings.Where(setting => setting.Key is not "Renexus:Limits:WritesPerMinute"), new("Renexus:Limits:WritesPerMinute", "20"), new("Renexus:Batch:MaxBatchSize", "30")];
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_part_has_its_own_status_headers_and_body_and_they_go_in_order()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);

        var responses = await BatchAsync(ada,
            new { id = "a", method = "POST", path = $"/api/workspaces/{workspace}/threads", body = (object)new { id = Guid.CreateVersion7(), title = "One" } },
            new { id = "b", method = "GET", path = $"/api/workspaces/{workspace}/threads?limit=1" },
            new { id = "c", method = "PATCH", path = $"/api/workspaces/{workspace}", headers = new Dictionary<string, string> { ["If-Match"] = "\"7\"" }, body = new { name = "Other" } },
            new { id = "d", method = "GET", path = "/api/threads/nonsense" },
            new { id = "e", method = "GET", path = $"/api/threads/{Guid.CreateVersion7()}" });

        Assert.Equal(["a", "b", "c", "d", "e"], responses.Select(r => r.Id));
        Assert.Equal([201, 200, 412, 404, 404], responses.Select(r => r.Status));
        Assert.Equal("One", responses[1].Body!.Value.GetProperty("items")[0].GetProperty("title").GetString());
        Assert.Equal("\"1\"", responses[0].Headers!["etag"]);
        Assert.Equal("precondition_failed", responses[2].Body!.Value.GetProperty("code").GetString());
        Assert.All(responses, r => Assert.Contains("x-correlation-id", r.Headers!.Keys));
    }

    [Fact]
    [Trait("spec", "GW-5")]
    public async Task Each_part_has_its_own_idempotency_key_and_a_batch_that_comes_again_under_its_key_is_answered_again()
    {
        var ada = await server.SignedInAs("ada");
        object part = new { id = "w", method = "POST", path = "/api/workspaces", headers = new Dictionary<string, string> { ["Idempotency-Key"] = "mine" }, body = new { name = "Once" } };
        object unkeyed = new { id = "v", method = "POST", path = "/api/workspaces", body = new { name = "Once too" } };

        var first = await BatchAsync(ada, "batch-1", part, unkeyed);
        var again = await BatchAsync(ada, "batch-1", part, unkeyed);

        Assert.Equal(first.Select(r => r.Body!.Value.GetRawText()), again.Select(r => r.Body!.Value.GetRawText()));
        Assert.All(again, r => Assert.Equal("true", r.Headers!["idempotency-replayed"]));
        var mine = await ada.Client.GetFromJsonAsync<JsonElement>("/api/workspaces", Stop);
        Assert.Equal(2, mine.GetProperty("items").GetArrayLength());
    }

    [Fact]
    [Trait("security", "API4")]
    public async Task Each_part_draws_from_its_limit()
    {
        var ada = await server.SignedInAs("ada");

        var responses = await BatchAsync(ada, [.. Enumerable.Range(0, 25).Select(i => (object)new { id = $"{i}", method = "POST", path = "/api/workspaces", body = new { name = $"W{i}" } })]);

        Assert.InRange(responses.Count(r => r.Status == 429), 1, 5);
        Assert.Contains("retry-after", responses.Last(r => r.Status == 429).Headers!.Keys);
    }

    [Fact]
    [Trait("security", "API1")]
    public async Task A_part_is_asked_for_by_whoever_sends_the_batch_and_by_nobody_else()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        var workspace = await TestServer.CreateWorkspace(ada);

        var responses = await BatchAsync(eve,
            new { id = "a", method = "GET", path = $"/api/workspaces/{workspace}" },
            new { id = "b", method = "GET", path = $"/api/workspaces/{workspace}", headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {ada.AccessToken}" } },
            new { id = "c", method = "DELETE", path = $"/api/workspaces/{workspace}" });

        Assert.All(responses, r => Assert.Equal(404, r.Status));
        using var nobody = await server.Anonymous.PostAsJsonAsync("/api/batch", new { requests = new[] { new { id = "a", method = "GET", path = "/api/me" } } }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/batch")]
    [InlineData("GET", "/api/events?channels=a")]
    [InlineData("GET", "/api/poll")]
    [InlineData("POST", "/api/auth/login")]
    [InlineData("GET", "/ws")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "http://example.com/api/me")]
    public async Task What_is_for_itself_is_no_part_of_a_batch(string method, string path)
    {
        var ada = await server.SignedInAs("ada");

        var refused = Assert.Single(await BatchAsync(ada, new { id = "a", method, path }));

        Assert.Equal((400, "validation_failed"), (refused.Status, refused.Body!.Value.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Too_many_parts_two_of_one_id_and_none_are_refused()
    {
        var ada = await server.SignedInAs("ada");
        object Part(string id) => new { id, method = "GET", path = "/api/me" };

        foreach (var requests in new object[][] { [.. Enumerable.Range(0, 31).Select(i => Part($"{i}"))], [Part("a"), Part("a")], [] })
        {
            using var response = await ada.Client.PostAsJsonAsync("/api/batch", new { requests }, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    private static Task<IReadOnlyList<BatchResponse>> BatchAsync(TestUser user, params object[] requests) => BatchAsync(user, null, requests);

    private static async Task<IReadOnlyList<BatchResponse>> BatchAsync(TestUser user, string? key, params object[] requests)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batch") { Content = JsonContent.Create(new { requests }) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await user.Client.SendAsync(request, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
        return (await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.BatchResponses, Stop))!.Responses;
    }
}
