using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Renexus.Server.Gateway.Reference;

/// <summary>
/// What developers read: the OpenAPI document at <c>/openapi.json</c>, a page that shows it at <c>/api/docs</c> (our own three files, nothing
/// from elsewhere), and the explanation of each kind of failure at its <c>type</c>, <c>/problems/CODE</c>.
/// </summary>
internal static class ReferenceEndpoints
{
    private const string DocumentName = "v1";

    private static readonly Dictionary<string, string> PageFiles = new(StringComparer.Ordinal)
    {
        ["reference.html"] = "text/html; charset=utf-8",
        ["reference.css"] = "text/css; charset=utf-8",
        ["reference.js"] = "text/javascript; charset=utf-8",
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();

        // The document depends on nothing but the routes: made at the first request, the same for the life of the process.
        var document = new Lazy<Task<StaticFile>>(() => DescribeAsync(routes.ServiceProvider));
        open.MapGet("/openapi.json", async () => (await document.Value).Answer());

        foreach (var (name, type) in PageFiles)
        {
            var file = StaticFile.Embedded($"reference/{name}", type);
            open.MapGet(name is "reference.html" ? "/api/docs" : $"/api/docs/{name}", file.Answer);
        }

        var pages = ProblemCode.All.ToDictionary(
            p => p.Code, p => StaticFile.Embedded($"problems/{p.Code}.md", "text/plain; charset=utf-8"), StringComparer.Ordinal);
        open.MapGet("/problems/{code}", Results<FileContentHttpResult, ProblemHttpResult> (string code) =>
            pages.TryGetValue(code, out var page) ? page.Answer() : Problems.NotFound("kind of problem"));
    }

    private static async Task<StaticFile> DescribeAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName);
        var document = await provider.GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        return new StaticFile(json.ToArray(), "application/json; charset=utf-8");
    }

    private sealed record StaticFile(byte[] Content, string Type)
    {
        private readonly EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content))[..16]}\"");

        public static StaticFile Embedded(string name, string type)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"{name} is not embedded.");
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return new StaticFile(content.ToArray(), type);
        }

        public FileContentHttpResult Answer() => TypedResults.File(Content, Type, entityTag: tag);
    }
}
