using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>How the server hands out the built client.</summary>
[Trait("spec", "UI-1")]
public sealed partial class WebClientFilesTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_page_is_asked_for_anew_each_time_and_its_assets_are_kept_for_good()
    {
        using var page = await GetAsync("/", "text/html");
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        using var again = await GetAsync("/", "text/html", request => request.Headers.IfNoneMatch.Add(page.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);

        using var script = await GetAsync(ScriptPath().Match(await page.Content.ReadAsStringAsync()).Value, "*/*");
        Assert.Equal("public, max-age=31536000, immutable", script.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Assets_travel_as_the_build_compressed_them(string encoding)
    {
        using var page = await GetAsync("/", "text/html");
        var path = ScriptPath().Match(await page.Content.ReadAsStringAsync()).Value;
        using var plain = await GetAsync(path, "*/*");
        using var compressed = await GetAsync(path, "*/*", request => request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding)));
        Assert.Equal([encoding], compressed.Content.Headers.ContentEncoding);
        Assert.True(compressed.Content.Headers.ContentLength < plain.Content.Headers.ContentLength / 2);
    }

    [Theory]
    [InlineData("/w/0195f0a0-0000-7000-8000-000000000000/t/0195f0a0-0000-7000-8000-000000000001")]
    [InlineData("/sign-in")]
    public async Task Every_address_of_the_app_is_the_page_when_a_person_opens_it(string path)
    {
        using var page = await GetAsync(path, "text/html,application/xhtml+xml");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/api/nothing", "text/html")]
    [InlineData("/assets/gone.js", "text/html")]
    [InlineData("/sign-in", "application/json")]
    [InlineData("/health/nothing", "text/html")]
    public async Task What_is_no_address_of_the_app_is_not_found(string path, string accept)
    {
        using var response = await GetAsync(path, accept);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_route_that_knows_other_methods_only_says_which()
    {
        using var response = await GetAsync("/api/auth/login", "text/html");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept, Action<HttpRequestMessage>? configure = null)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "client")), "The web client was not built.");
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        configure?.Invoke(request);
        return await server.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"/assets/index-[\w-]+\.js", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScriptPath();
}
