using Microsoft.AspNetCore.Cors.Infrastructure;
using CorsOptions = Renexus.Server.Gateway.Configuration.CorsOptions;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Idempotency;

namespace Renexus.Server.Gateway;

/// <summary>
/// Whether a page of another origin is behind a request (SE-1). Browsers say so themselves (<c>Sec-Fetch-Site</c>, else <c>Origin</c>); what
/// says neither is no browser and has no cookies to misuse. One rule for every write, cookie or not, and for opening sockets.
/// </summary>
internal sealed class CrossSite(RenexusOptions options)
{
    private readonly HashSet<string> allowed = [.. options.Cors.Origins.Append(options.PublicUrl!).Select(OriginOf)];

    /// <summary>Whether pages of this origin may call us: our own, and those configured.</summary>
    public bool IsAllowed(HttpRequest request, string origin) =>
        allowed.Contains(origin) || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses writes that a foreign page makes a browser send.</summary>
    public Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return isRead || !IsForeign(request)
            ? next(context)
            : ProblemWriter.WriteAsync(context, new CodedProblem(ProblemCode.Forbidden, "Pages of this origin may not write here.")).AsTask();
    }

    /// <summary>What CORS tells browsers of the other origins that are configured.</summary>
    public static void Allow(CorsPolicyBuilder policy, CorsOptions options) => policy
        .WithOrigins([.. options.Origins.Select(OriginOf)])
        .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders("Authorization", "Content-Type", IdempotencyKey.Header, "If-Match", "If-None-Match", "Last-Event-ID", "traceparent", CorrelationId.Header, "X-Renexus-Client")
        .WithExposedHeaders("ETag", "Cache-Status", "RateLimit", "RateLimit-Policy", "Retry-After", "Location", StoredAnswer.ReplayedHeader, CorrelationId.Header)
        .AllowCredentials()
        .SetPreflightMaxAge(TimeSpan.FromHours(1));

    private bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (request.Headers["Sec-Fetch-Site"] is [{ } site])
            return site is not ("same-origin" or "none") && !(origin is [{ } named] && IsAllowed(request, named));

        return origin.Count > 0 && !(origin is [{ } only] && IsAllowed(request, only));
    }

    private static string OriginOf(string address) => new Uri(address).GetLeftPart(UriPartial.Authority);
}
