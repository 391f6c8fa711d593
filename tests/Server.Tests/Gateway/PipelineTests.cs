using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Server.Gateway.Authentication;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>What every request passes, seen from outside.</summary>
public sealed class PipelineTests(GatewayServer server) : IClassFixture<GatewayServer>, IAsyncLifetime
{
    private TestUser ada = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ada = await server.SignedInAs("ada");

    public ValueTask DisposeAsync()
    {
        ada.Client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("GET", "/api/nothing/here", 404, "not_found")]
    [InlineData("GET", "/nothing.js", 404, "not_found")]
    [InlineData("PUT", "/api/test/echo", 405, "method_not_allowed")]
    [InlineData("DELETE", "/health", 405, "method_not_allowed")]
    [InlineData("GET", "/api/test/caller", 401, "unauthenticated")]
    [InlineData("GET", "/problems/unheard_of", 404, "not_found")]
    [Trait("spec", "GW-3")]
    public async Task A_stranger_gets_a_problem(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await server.Anonymous.SendAsync(request, Cancelled);

        await AssertProblem(response, status, code);
    }

    [Theory]
    [InlineData("/api/test/bug", 500, "internal")]
    [InlineData("/api/test/busy", 503, "unavailable")]
    [InlineData("/api/test/away", 503, "unavailable")]
    [InlineData("/api/test/number?n=seven", 400, "validation_failed")]
    [InlineData("/api/test/number", 400, "validation_failed")]
    [Trait("spec", "GW-3")]
    public async Task An_exception_becomes_a_problem_that_tells_nothing_of_the_inside(string path, int status, string code)
    {
        foreach (var coding in (string[])["identity", "br"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.AcceptEncoding.ParseAdd(coding);
            using var response = await ada.Client.SendAsync(request, Cancelled);

            var problem = await AssertProblem(response, status, code);
            Assert.Equal(status is 503, response.Headers.RetryAfter is not null);
            Assert.DoesNotContain("select", problem.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(" at ", problem.ToString(), StringComparison.Ordinal);
            if (status == 400)
                Assert.True(problem.GetProperty("errors").TryGetProperty("n", out _));
        }
    }

    [Theory]
    [InlineData("""{"body":"a","colour":"red"}""", "colour")]
    [InlineData("""{"body":"a","body":"b"}""", "body")]
    [InlineData("""{"Body":"a"}""", "Body")]
    [InlineData("""{"body":"\ud800"}""", "body")]
    [InlineData("""{"body":"a\u0000b"}""", "body")]
    [InlineData("""{"body":7}""", "body")]
    [InlineData("""{"body":"a","replyTo":"nobody"}""", "replyTo")]
    [InlineData("""{"body":"a","attachments":["x"]}""", "attachments[0]")]
    [InlineData("""{}""", "body")]
    [InlineData("""{"body":null}""", "body")]
    [InlineData("""{"body":""", null)]
    [InlineData("""[]""", "$")]
    [InlineData("""null""", "$")]
    [InlineData("", "$")]
    [Trait("spec", "GW-2")]
    public async Task Bad_input_is_refused_and_the_field_named(string json, string? field)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await ada.Client.PostAsync("/api/test/echo", content, Cancelled);

        var problem = await AssertProblem(response, 400, "validation_failed");
        if (field is not null)
            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Fact]
    public async Task Sentences_about_rules_name_the_field_as_in_JSON()
    {
        using var response = await ada.Client.PostAsJsonAsync("/api/test/thread", new { title = new string('x', 201) }, Cancelled);

        var problem = await AssertProblem(response, 400, "validation_failed");
        Assert.Contains("field title", problem.GetProperty("errors").GetProperty("title")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32, 400, "attachments")]
    [InlineData(33, 400, "$")]
    public async Task Nesting_has_its_depth(int depth, int status, string start)
    {
        var json = $$"""{"body":"a","attachments":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await ada.Client.PostAsync("/api/test/echo", content, Cancelled);

        var problem = await AssertProblem(response, status, "validation_failed");
        Assert.StartsWith(start == "$" ? "" : start, problem.GetProperty("errors").EnumerateObject().First().Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "/api/test/echo", 100, 415, "unsupported_media_type")]
    [InlineData("application/x-www-form-urlencoded", "/api/test/echo", 100, 415, "unsupported_media_type")]
    [InlineData("application/json", "/api/test/echo", 1_100_000, 413, "payload_too_large")]
    [InlineData("application/json", "/api/test/small", 3000, 413, "payload_too_large")]
    public async Task A_body_has_its_type_and_its_size(string type, string path, int bytes, int status, string code)
    {
        foreach (var isChunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent($$"""{"body":"{{new string('x', bytes)}}"}""", Encoding.UTF8, type),
            };
            request.Headers.TransferEncodingChunked = isChunked;
            using var response = await ada.Client.SendAsync(request, Cancelled);

            await AssertProblem(response, status, code);
        }
    }

    [Fact]
    public async Task A_correlation_id_comes_back_and_is_in_the_problem_and_in_the_log()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/bug");
        request.Headers.Add("X-Correlation-Id", "order-66:a");
        using var response = await ada.Client.SendAsync(request, Cancelled);

        var problem = await AssertProblem(response, 500, "internal");
        Assert.Equal("order-66:a", response.Headers.GetValues("X-Correlation-Id").Single());
        Assert.Equal("order-66:a", problem.GetProperty("traceId").GetString());
        Assert.Contains(server.Log.Split('\n'), l => l.Contains("\"correlationId\":\"order-66:a\"", StringComparison.Ordinal) && l.Contains("/api/test/bug failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("<script>")]
    [InlineData("")]
    public async Task A_correlation_id_that_could_do_harm_is_replaced(string offered)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.TryAddWithoutValidation("X-Correlation-Id", offered);
        using var response = await server.Anonymous.SendAsync(request, Cancelled);

        Assert.Matches("^[0-9a-f]{32}$", response.Headers.GetValues("X-Correlation-Id").Single());
    }

    [Fact]
    public async Task A_trace_of_the_caller_is_continued()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        using var response = await server.Anonymous.SendAsync(request, Cancelled);

        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", response.Headers.GetValues("X-Correlation-Id").Single());
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/api/test/caller")]
    [InlineData("/api/test/bug")]
    [InlineData("/api/nothing")]
    [InlineData("/api/docs")]
    [InlineData("/openapi.json")]
    [Trait("spec", "SE-1")]
    public async Task Every_answer_tells_browsers_what_to_keep_to(string path)
    {
        using var response = await ada.Client.GetAsync(path, Cancelled);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy.Split(';').FirstOrDefault(p => p.Contains("script-src", StringComparison.Ordinal)) ?? "", StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(response.Headers.Contains("Permissions-Policy"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Strict-Transport-Security"), "meaningless and ignored over plain http");
        if (path.StartsWith("/api/", StringComparison.Ordinal) && path != "/api/docs")
            Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "https://renexus.example.evil.example", 403)]
    [InlineData("Origin", "https://friend.example", 204)]
    [InlineData("Origin", "https://renexus.example", 204)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 204)]
    [Trait("spec", "SE-1")]
    public async Task A_page_of_another_origin_cannot_make_a_browser_write(string header, string value, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/open");
        request.Headers.Add(header, value);
        using var response = await server.Anonymous.SendAsync(request, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("https://friend.example", true)]
    [Trait("spec", "SE-1")]
    public async Task Only_configured_origins_may_read(string origin, bool isAllowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/test/caller");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var response = await server.Anonymous.SendAsync(preflight, Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/bug");
        request.Headers.Add("Origin", origin);
        using var failure = await ada.Client.SendAsync(request, Cancelled);

        Assert.Equal(isAllowed, response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(isAllowed, failure.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    [Trait("spec", "RT-2")]
    public async Task A_good_token_names_its_caller() =>
        Assert.Equal(ada.Id, await ada.Client.GetFromJsonAsync<Guid>("/api/test/caller", Cancelled));

    [Theory]
    [InlineData("Bearer nonsense", "invalid_token")]
    [InlineData("Bearer ", "invalid_token")]
    [InlineData("Basic YWRhOmFkYQ==", "invalid_token")]
    [InlineData(null, null)]
    public async Task A_bad_token_is_refused_with_a_challenge(string? authorization, string? error)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/caller");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await server.Anonymous.SendAsync(request, Cancelled);

        await AssertProblem(response, 401, "unauthenticated");
        var challenge = response.Headers.WwwAuthenticate.Single();
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Equal(error is not null, challenge.Parameter!.Contains($"error=\"{error}\"", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task The_tokens_of_an_ended_log_in_are_refused_at_once()
    {
        var tokens = server.Services.GetRequiredService<AccessTokens>();
        var ended = server.Services.GetRequiredService<EndedSessions>();
        var caller = (await tokens.VerifyAsync(ada.AccessToken, Cancelled)).Caller!;
        Guid? told = null;
        ended.Ended += id => told = id;

        ended.End(caller.SessionId);

        using var response = await ada.Client.GetAsync("/api/test/caller", Cancelled);
        await AssertProblem(response, 401, "unauthenticated");
        Assert.Equal(caller.SessionId, told);
    }

    [Fact]
    [Trait("spec", "GW-4")]
    public async Task A_used_up_limit_is_a_429_that_says_when_to_come_back()
    {
        for (var i = 2; i >= 0; i--)
        {
            using var good = await ada.Client.PostAsync("/api/test/limited", content: null, Cancelled);
            Assert.Equal(HttpStatusCode.NoContent, good.StatusCode);
            Assert.Equal("\"generation\";q=3;w=60", good.Headers.GetValues("RateLimit-Policy").Single());
            Assert.StartsWith($"\"generation\";r={i};t=", good.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }

        using var refused = await ada.Client.PostAsync("/api/test/limited", content: null, Cancelled);
        var problem = await AssertProblem(refused, 429, "rate_limited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        Assert.True(problem.GetProperty("retryable").GetBoolean());
        Assert.True(refused.Headers.Contains("RateLimit"));
        using var read = await ada.Client.GetAsync("/api/test/caller", Cancelled);
        Assert.False(read.Headers.Contains("RateLimit"));
    }

    [Theory]
    [InlineData("/api/test/json?bytes=20000", "br, gzip", "br")]
    [InlineData("/api/test/json?bytes=20000", "gzip", "gzip")]
    [InlineData("/api/test/json?bytes=20000", "br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("/api/test/json?bytes=20000", "identity", null)]
    [InlineData("/api/test/json?bytes=9000", "br, gzip", null)]
    [InlineData("/api/test/text?bytes=10240", "br", null)]
    [InlineData("/api/test/text?bytes=10241", "br", "br")]
    [InlineData("/api/test/picture?bytes=20000", "br", null)]
    [Trait("spec", "GW-10")]
    public async Task Answers_over_10_KB_travel_compressed_and_no_others(string path, string accept, string? coding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd(accept);
        using var response = await ada.Client.SendAsync(request, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await using var plain = coding switch
        {
            "br" => new System.IO.Compression.BrotliStream(body, System.IO.Compression.CompressionMode.Decompress),
            "gzip" => new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress),
            _ => body,
        };
        using var all = new MemoryStream();
        await plain.CopyToAsync(all, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.InRange(all.Length, 9000, 20_020);
        Assert.Equal(coding is not null, response.Headers.Vary.Contains("Accept-Encoding"));
    }

    [Fact]
    public async Task A_failure_takes_the_place_of_what_was_still_held_back()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/half");
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var response = await ada.Client.SendAsync(request, Cancelled);

        await AssertProblem(response, 500, "internal");
    }

    [Fact]
    public async Task A_stream_of_events_is_not_held_back()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/stream");
        request.Headers.AcceptEncoding.ParseAdd("br, gzip");
        using var response = await ada.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        var bytes = new byte[16];

        Assert.Equal(9, await body.ReadAsync(bytes, Cancelled));
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    [Trait("spec", "OB-3")]
    public async Task No_secret_reaches_the_log_however_it_comes()
    {
        const string Canary = "canary-5up3r-53cr3t";
        using (var login = await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = "ada@example.com", password = Canary }, Cancelled))
            Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/test/bug?token={Canary}&password={Canary}");
        request.Headers.Authorization = ada.Client.DefaultRequestHeaders.Authorization;
        request.Headers.TryAddWithoutValidation("Cookie", $"renexus_refresh={Canary}");
        request.Headers.TryAddWithoutValidation("X-Api-Key", Canary);
        using (var bug = await server.Anonymous.SendAsync(request, Cancelled))
            await AssertProblem(bug, 500, "internal");
        using (var forged = await server.Anonymous.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/api/test/caller") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Canary) } }, Cancelled))
            await AssertProblem(forged, 401, "unauthenticated");

        var log = server.Log;
        Assert.Contains("/api/test/bug failed", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-in-exception", log, StringComparison.Ordinal);
        Assert.DoesNotContain(ada.AccessToken, log, StringComparison.Ordinal);
        Assert.DoesNotContain(ada.AccessToken.Split('.')[2], log, StringComparison.Ordinal);
        Assert.DoesNotContain(ada.RefreshToken, log, StringComparison.Ordinal);
        Assert.All(log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    [Trait("spec", "OB-1")]
    public async Task Health_says_how_everything_is()
    {
        foreach (var path in (string[])["/health", "/health/ready", "/health/live"])
        {
            using var health = JsonDocument.Parse(await server.Anonymous.GetStringAsync(path, Cancelled));
            Assert.Equal("healthy", health.RootElement.GetProperty("status").GetString());
            Assert.True(health.RootElement.GetProperty("uptime").GetDouble() >= 0);
            Assert.EndsWith("Z", health.RootElement.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
            Assert.Equal(path is "/health/live" ? null : "connected", health.RootElement.TryGetProperty("database", out var database) ? database.GetString() : null);
        }
    }

    private static async Task<JsonElement> AssertProblem(HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} instead of {status}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(body);
        var root = problem.RootElement;
        Assert.Equal(code, root.GetProperty("code").GetString());
        Assert.Equal("/problems/" + code, root.GetProperty("type").GetString());
        Assert.Equal(status, root.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(root.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(root.GetProperty("detail").GetString()));
        Assert.Equal(response.Headers.GetValues("X-Correlation-Id").Single(), root.GetProperty("traceId").GetString());
        return root.Clone();
    }
}
