using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>What holds for every operation there is, found in the running server's own route table.</summary>
public sealed class RouteTableTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // What mail programs open from a mail's List-Unsubscribe leads a person to the page that asks first.
    private const string UnsubscribePage = "GET /api/notifications/unsubscribe";

    // Everything that a stranger may call; a new line here is a decision.
    private static readonly HashSet<string> OpenToEverybody =
    [
        "POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/logout",
        "GET /api/invitations/{token}", "GET /api/exports/{token}", "GET /api/files/links/{token}", "PUT /api/files/uploads/{token}",
        "POST /api/auth/passkey", "POST /api/auth/passkey/challenge",
        "GET /api/auth/providers", "POST /api/auth/providers/{providerId}/begin", "POST /api/auth/providers/{providerId}/complete",
        "POST /api/auth/password/forgot", "POST /api/auth/password/reset", "POST /api/auth/email/verify", "POST /api/auth/sessions/deny",
        "GET /api/docs", "GET /api/docs/reference.css", "GET /api/docs/reference.js",
        "POST /api/policy-reports", "POST /api/webhooks/clerk",
        UnsubscribePage, "POST /api/notifications/unsubscribe",
    ];

    [Fact]
    [Trait("spec", "GW-2")]
    public async Task Every_operation_but_a_few_is_refused_to_strangers()
    {
        foreach (var (method, pattern) in Operations().Where(o => o.Pattern.StartsWith("/api", StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Fill(pattern));
            using var response = await server.Anonymous.SendAsync(request, Cancelled);
            var name = $"{method} {pattern}";
            var isOpen = OpenToEverybody.Contains(name);
            Assert.True(isOpen || response.StatusCode == HttpStatusCode.Unauthorized, $"{name} answered a stranger {(int)response.StatusCode}");
            Assert.Equal(name is UnsubscribePage, (int)response.StatusCode is >= 300 and < 400);
        }
    }

    [Fact]
    [Trait("spec", "GW-1")]
    public async Task The_served_document_has_every_operation_and_no_other()
    {
        var described = await DescribedAsync();
        var mapped = Operations(describedOnly: true).Select(o => $"{o.Method} {WithoutConstraints(o.Pattern)}").Order().ToArray();

        Assert.Equal(mapped, described.Select(d => d.Name).Order());
    }

    [Fact]
    [Trait("spec", "GW-1")]
    public async Task Every_described_operation_has_a_name_a_summary_a_group_and_its_failures()
    {
        var names = new HashSet<string>();
        foreach (var (name, operation) in await DescribedAsync())
        {
            Assert.True(operation.TryGetProperty("operationId", out var id) && names.Add(id.GetString()!), $"{name} has no operationId of its own");
            Assert.True(operation.TryGetProperty("summary", out _), $"{name} has no summary");
            Assert.True(operation.TryGetProperty("tags", out _), $"{name} has no group");
            var responses = operation.GetProperty("responses");
            Assert.True(responses.EnumerateObject().Any(r => r.Name[0] is '2' or '3'), $"{name} never succeeds");
            Assert.True(responses.TryGetProperty("500", out _), $"{name} has no failures");
        }
    }

    [Fact]
    public async Task Everything_the_document_refers_to_is_in_it()
    {
        using var document = JsonDocument.Parse(await server.Anonymous.GetStringAsync("/openapi.json", Cancelled));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        foreach (var reference in References(document.RootElement))
        {
            var found = document.RootElement;
            foreach (var step in reference.TrimStart('#', '/').Split('/'))
                Assert.True(found.TryGetProperty(step, out found), $"{reference} leads nowhere");
        }
    }

    [Fact]
    public async Task Requests_are_closed_and_answers_open_and_names_are_those_of_the_wire()
    {
        using var document = JsonDocument.Parse(await server.Anonymous.GetStringAsync("/openapi.json", Cancelled));
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        foreach (var schema in schemas.EnumerateObject().Where(s => s.Value.TryGetProperty("properties", out _)))
        {
            var isClosed = schema.Value.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False;
            Assert.True(isClosed == schema.Name.EndsWith("Request", StringComparison.Ordinal), schema.Name);
        }

        var body = schemas.GetProperty("PostMessageRequest").GetProperty("properties").GetProperty("body");
        Assert.Equal("string", body.GetProperty("type").GetString());
        foreach (var (name, operation) in await DescribedAsync())
        {
            if (operation.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), p => Assert.True(char.IsLower(p.GetProperty("name").GetString()![0]), name));
        }

        Assert.DoesNotMatch(@"\([A-Z]{2}-\d", document.RootElement.GetRawText());
    }

    private IEnumerable<(string Method, string Pattern)> Operations(bool describedOnly = false) =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where !describedOnly || endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        select (method, pattern);

    private async Task<List<(string Name, JsonElement Operation)>> DescribedAsync()
    {
        using var document = JsonDocument.Parse(await server.Anonymous.GetStringAsync("/openapi.json", Cancelled));
        return
        [
            .. from path in document.RootElement.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               where operation.Name is "get" or "post" or "put" or "patch" or "delete" or "head"
               select ($"{operation.Name.ToUpperInvariant()} {"/" + path.Name.Trim('/')}", operation.Value.Clone()),
        ];
    }

    private static string WithoutConstraints(string pattern) =>
        string.Join('/', pattern.Split('/').Select(s => s.StartsWith('{') && s.Contains(':', StringComparison.Ordinal) ? s[..s.IndexOf(':', StringComparison.Ordinal)] + "}" : s));

    private static string Fill(string pattern) =>
        string.Join('/', pattern.Split('/').Select(s => s.StartsWith('{') ? Guid.CreateVersion7().ToString() : s));

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.NameEquals("$ref") && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
