using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Renexus.Server.Gateway;

/// <summary>
/// Serves the built web client (Web.targets puts it beside the assembly): hashed assets cached for good, everything else revalidated,
/// and the page itself for every address that a person may open or reload.
/// </summary>
internal static class WebClient
{
    private const string Page = "/index.html";
    private const string HashedAssets = "/assets/";

    // Addresses of the server, also when nothing answers there: a mistyped API path is a problem document, never the page.
    private static readonly string[] ServerPaths = ["/api", "/ws", "/health", "/metrics", "/openapi.json"];

    /// <summary>
    /// Middleware rather than endpoints: a catch-all route would swallow the 405 of every route that knows other methods only.
    /// It comes last, so whatever has an endpoint never reaches it.
    /// </summary>
    public static IApplicationBuilder MapWebClient(this WebApplication app)
    {
        // Some hundred files, read when the first browser comes: a start does not wait for them.
        var files = new Lazy<FrozenDictionary<string, ClientFile>>(() => Load(Path.Combine(AppContext.BaseDirectory, "client")));
        return app.Use((context, next) => MayBeFile(context) && Find(files.Value, context.Request) is { } file ? file.SendAsync(context) : next(context));
    }

    private static bool MayBeFile(HttpContext context) =>
        context.GetEndpoint() is null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    private static ClientFile? Find(FrozenDictionary<string, ClientFile> files, HttpRequest request) =>
        files.GetValueOrDefault(request.Path.Value ?? "")
        ?? (AsksForPage(request) ? files.GetValueOrDefault(Page) : null);

    private static bool AsksForPage(HttpRequest request)
    {
        if (request.Path == "/")
            return true;
        if (ServerPaths.Any(path => request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
            return false;
        // A missing script or picture must fail as one, not arrive as a page.
        return !Path.HasExtension(request.Path.Value)
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, ClientFile> Load(string folder)
    {
        if (!Directory.Exists(folder))
            return FrozenDictionary<string, ClientFile>.Empty;

        var types = new FileExtensionContentTypeProvider();
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is not (".br" or ".gz"))
            .Select(file => (File: file, Path: "/" + Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')))
            .ToFrozenDictionary(
                found => found.Path,
                found => new ClientFile(
                    types.TryGetContentType(found.File, out var type) ? type : "application/octet-stream",
                    found.Path.StartsWith(HashedAssets, StringComparison.Ordinal) ? "public,max-age=31536000,immutable" : "no-cache",
                    File.ReadAllBytes(found.File),
                    ReadIfPresent(found.File + ".br"),
                    ReadIfPresent(found.File + ".gz")),
                StringComparer.Ordinal);
    }

    private static byte[]? ReadIfPresent(string file) => File.Exists(file) ? File.ReadAllBytes(file) : null;

    /// <summary>One file of the client, held in memory (the whole client is about a megabyte) as built and as compressed by the build.</summary>
    private sealed class ClientFile(string contentType, string cacheControl, byte[] plain, byte[]? brotli, byte[]? gzip)
    {
        // Weak, because the plain and the compressed copies share it.
        private readonly EntityTagHeaderValue _tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}\"", isWeak: true);

        public Task SendAsync(HttpContext context)
        {
            var (body, encoding) = Choose(context.Request.Headers.AcceptEncoding);
            var response = context.Response;
            response.Headers.CacheControl = cacheControl;
            response.Headers.ETag = _tag.ToString();
            if (brotli is not null || gzip is not null)
                response.Headers.Vary = HeaderNames.AcceptEncoding;

            if (new RequestHeaders(context.Request.Headers).IfNoneMatch.Any(known => known.Compare(_tag, useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            if (encoding is not null)
                response.Headers.ContentEncoding = encoding;
            response.ContentType = contentType;
            response.ContentLength = body.Length;
            return HttpMethods.IsHead(context.Request.Method)
                ? Task.CompletedTask
                : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
        }

        private (byte[] Body, string? Encoding) Choose(StringValues accepted)
        {
            if (brotli is not null && Accepts(accepted, "br"))
                return (brotli, "br");
            if (gzip is not null && Accepts(accepted, "gzip"))
                return (gzip, "gzip");
            return (plain, null);
        }

        private static bool Accepts(StringValues accepted, string encoding) =>
            StringWithQualityHeaderValue.TryParseList(accepted, out var encodings)
            && encodings.Any(e => e.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);
    }
}
