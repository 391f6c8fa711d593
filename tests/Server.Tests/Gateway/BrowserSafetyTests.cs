using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>What a browser is told about every kind of answer, and what a foreign page cannot make it do, for every operation there is.</summary>
[Trait("spec", "SE-1")]
public sealed class BrowserSafetyTests(GatewayServer server) : IClassFixture<GatewayServer>, IAsyncLifetime
{
    private TestUser ada = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ada = await server.SignedInAs("ada");

    public ValueTask DisposeAsync()
    {
        ada.Client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static readonly (string Name, string Value)[] ForeignPages =
    [
        ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "nonsense"), ("Origin", "https://evil.example"), ("Origin", "null"),
        ("Origin", "https://renexus.example.evil.example"), ("Origin", "http://renexus.example"), ("Origin", "https://renexus.example:444"),
    ];

    private static readonly string[] ContentTypes = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

    [Fact]
    [Trait("security", "SEC-CSRF-01")]
    [Trait("security", "SEC-CSRF-02")]
    [Trait("security", "SEC-CSRF-03")]
    public async Task No_foreign_page_makes_a_browser_write_whatever_it_sends_and_however_it_is_signed_in()
    {
        var writes = Writes().ToList();
        Assert.Contains("POST /api/auth/login", writes.Select(w => $"{w.Method} {w.Path}"));
        Assert.Contains("POST /api/auth/refresh", writes.Select(w => $"{w.Method} {w.Path}"));
        Assert.Contains("POST /api/auth/logout", writes.Select(w => $"{w.Method} {w.Path}"));
        Assert.True(writes.Count > 30, $"{writes.Count}");

        foreach (var (method, path) in writes)
        {
            for (var i = 0; i < ForeignPages.Length; i++)
            {
                var type = ContentTypes[i % ContentTypes.Length];
                using var request = Request(method, path, type);
                request.Headers.TryAddWithoutValidation(ForeignPages[i].Name, ForeignPages[i].Value);
                // A cookie, a token, both, and a cookie beside a token that does not hold.
                if (i % 4 is 0 or 2 or 3)
                    request.Headers.TryAddWithoutValidation("Cookie", $"renexus-refresh={ada.RefreshToken}; __Secure-renexus-refresh={ada.RefreshToken}");
                if (i % 4 is 1 or 2 or 3)
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", i % 4 == 3 ? "bogus" : ada.AccessToken);
                request.Headers.TryAddWithoutValidation("X-Renexus-Client", "browser");

                using var response = await server.Anonymous.SendAsync(request, Stop);

                // Another content type may be refused even before.
                var isRefused = response.StatusCode == HttpStatusCode.Forbidden || (i % ContentTypes.Length != 0 && response.StatusCode == HttpStatusCode.UnsupportedMediaType);
                Assert.True(isRefused, $"{method} {path} as {type} with {ForeignPages[i]}: {(int)response.StatusCode}");
                Assert.False(response.Headers.Contains("Set-Cookie"), $"{method} {path}");
            }
        }

        await server.Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = ada.RefreshToken }, Stop).ContinueWith(
            answer => Assert.Equal(HttpStatusCode.OK, answer.Result.StatusCode), TaskScheduler.Default);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [Trait("security", "SEC-CSRF-01")]
    public async Task What_a_form_can_send_is_not_taken_even_from_our_own_page(string type)
    {
        foreach (var (method, path) in Writes(withBody: true))
        {
            using var request = Request(method, path, type);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ada.AccessToken);
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
            using var response = await server.Anonymous.SendAsync(request, Stop);
            // A small file may come as a form, for whoever brings a token in a header, which no form can; this one is none.
            var expected = type.StartsWith("multipart/", StringComparison.Ordinal) && path.EndsWith("/files", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.UnsupportedMediaType;
            Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode}");
        }
    }

    [Fact]
    [Trait("security", "SEC-CSRF-01")]
    public async Task The_cookie_works_only_with_the_header_that_no_foreign_page_can_send()
    {
        using var login = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = JsonContent.Create(new { email = ada.Email, password = TestUser.Password }) };
        login.Headers.Add("X-Renexus-Client", "browser");
        using var loggedIn = await server.Anonymous.SendAsync(login, Stop);
        var cookie = loggedIn.Headers.GetValues("Set-Cookie").First(c => c.Contains("renexus-refresh", StringComparison.Ordinal));
        Assert.StartsWith("__Secure-renexus-refresh=", cookie, StringComparison.Ordinal);
        foreach (var attribute in (string[])["secure", "httponly", "samesite=strict", "path=/api/auth"])
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);

        foreach (var header in (string?[])[null, "other", "Browser"])
        {
            using var refresh = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
            refresh.Headers.TryAddWithoutValidation("Cookie", cookie.Split(';')[0]);
            if (header is not null)
                refresh.Headers.Add("X-Renexus-Client", header);
            using var refused = await server.Anonymous.SendAsync(refresh, Stop);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var logout = new HttpRequestMessage(HttpMethod.Post, "/api/auth/logout");
        logout.Headers.TryAddWithoutValidation("Cookie", cookie.Split(';')[0]);
        logout.Headers.Add("X-Renexus-Client", "browser");
        using var loggedOut = await server.Anonymous.SendAsync(logout, Stop);
        Assert.Equal(HttpStatusCode.NoContent, loggedOut.StatusCode);
        Assert.Equal("\"storage\"", loggedOut.Headers.GetValues("Clear-Site-Data").Single());
    }

    [Theory]
    [InlineData("GET", "/health/live", 200)]
    [InlineData("GET", "/api/me", 200)]
    [InlineData("GET", "/api/auth/sessions", 200)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("GET", "/nothing.js", 404)]
    [InlineData("PUT", "/api/me", 405)]
    [InlineData("POST", "/api/test/small", 413)]
    [InlineData("POST", "/api/test/echo", 415)]
    [InlineData("GET", "/api/test/bug", 500)]
    [InlineData("GET", "/api/test/busy", 503)]
    [InlineData("GET", "/api/docs", 200)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("GET", "/problems/not_found", 200)]
    [InlineData("GET", "/ws", 400)]
    [Trait("security", "SEC-HDR-01")]
    [Trait("security", "SEC-HDR-02")]
    public async Task Every_kind_of_answer_has_the_headers(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (status is 413 or 415)
            request.Content = new StringContent($$"""{"body":"{{new string('x', 5000)}}"}""", Encoding.UTF8, status == 413 ? "application/json" : "text/plain");
        using var response = await ada.Client.SendAsync(request, Stop);
        Assert.Equal(status, (int)response.StatusCode);

        AssertHeaders(response, isData: path.StartsWith("/api/", StringComparison.Ordinal) && path != "/api/docs");
    }

    [Fact]
    [Trait("security", "SEC-HDR-02")]
    public async Task An_answer_without_a_body_has_them_too()
    {
        using var first = await server.Anonymous.GetAsync("/openapi.json", Stop);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi.json") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await server.Anonymous.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        AssertHeaders(unchanged, isData: false);

        using var stranger = await server.Anonymous.GetAsync("/api/me", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        AssertHeaders(stranger, isData: true);
    }

    [Theory]
    [InlineData("""{"csp-report":{"violated-directive":"script-src","blocked-uri":"https://evil.example/x.js?token=canary","document-uri":"https://renexus.example/"}}""", "application/csp-report", true)]
    [InlineData("""[{"type":"csp-violation","body":{"effectiveDirective":"script-src","blockedURL":"https://evil.example/x.js#canary","documentURL":"https://renexus.example/"}}]""", "application/reports+json", true)]
    [InlineData("""[1,{"body":7},{"body":{"blockedURL":"\ud800"}}]""", "application/reports+json", false)]
    [InlineData("nonsense", "application/csp-report", false)]
    [Trait("security", "SEC-HDR-01")]
    public async Task A_report_of_a_broken_policy_is_taken_and_logged_without_what_may_be_secret(string report, string type, bool isLogged)
    {
        var before = server.Log.Length;
        using var content = new StringContent(report, Encoding.UTF8, type);

        using var response = await server.Anonymous.PostAsync("/api/policy-reports", content, Stop);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var logged = server.Log[before..];
        Assert.Equal(isLogged, logged.Contains("https://evil.example/x.js", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", logged, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("security", "SEC-HDR-01")]
    public async Task A_large_report_is_refused()
    {
        using var content = new StringContent(new string('x', 20_000), Encoding.UTF8, "application/csp-report");

        using var response = await server.Anonymous.PostAsync("/api/policy-reports", content, Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static void AssertHeaders(HttpResponseMessage response, bool isData)
    {
        var policy = response.Headers.GetValues("Content-Security-Policy").Single().Split(';', StringSplitOptions.TrimEntries)
            .Select(d => d.Split(' ', 2)).ToDictionary(d => d[0], d => d.Length > 1 ? d[1] : "", StringComparer.Ordinal);
        if (isData)
        {
            Assert.Equal("'none'", policy["default-src"]);
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
        else
        {
            Assert.Equal("'self'", policy["default-src"]);
            Assert.Equal("'self'", policy["script-src"]);
            Assert.Equal("'none'", policy["object-src"]);
            Assert.Equal("'self' wss://renexus.example", policy["connect-src"]);
            Assert.Equal("/api/policy-reports", policy["report-uri"]);
            Assert.Equal("policy=\"/api/policy-reports\"", response.Headers.GetValues("Reporting-Endpoints").Single());
        }

        Assert.Equal("'none'", policy["base-uri"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.DoesNotContain(policy.Values, v => v.Contains("unsafe-eval", StringComparison.Ordinal) || v.Contains('*', StringComparison.Ordinal));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Contains("camera=()", response.Headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
    }

    private IEnumerable<(string Method, string Path)> Writes(bool withBody = false) =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where !withBody || endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { IsOptional: false }
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        where method is not ("GET" or "HEAD" or "OPTIONS")
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        select (method, string.Join('/', path.Split('/').Select(s => s.StartsWith('{') ? Guid.CreateVersion7().ToString() : s)));

    private static HttpRequestMessage Request(string method, string path, string type)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
    }
}

/// <summary>Behind a proxy that ended TLS: browsers are told to come over TLS alone.</summary>
[Trait("spec", "SE-1")]
public sealed class BehindTlsTests(BehindTlsTests.ProxiedServer server) : IClassFixture<BehindTlsTests.ProxiedServer>
{
    public sealed class ProxiedServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Proxy:Trusted", "127.0.0.1")];
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/api/me")]
    [InlineData("/api/nothing")]
    [InlineData("/openapi.json")]
    [Trait("security", "SEC-HDR-02")]
    public async Task Every_answer_over_TLS_asks_for_TLS_for_two_years(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        using var response = await server.Anonymous.SendAsync(request);

        var hsts = response.Headers.GetValues("Strict-Transport-Security").Single();
        Assert.Contains("max-age=63072000", hsts, StringComparison.Ordinal);
        Assert.Contains("includeSubDomains", hsts, StringComparison.Ordinal);
    }
}
