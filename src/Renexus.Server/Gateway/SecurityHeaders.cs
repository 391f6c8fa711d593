using Microsoft.Extensions.Primitives;

namespace Renexus.Server.Gateway;

/// <summary>What browsers are told about every answer (SE-1).</summary>
internal static class SecurityHeaders
{
    private static readonly StringValues DataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Referrer = "no-referrer";
    private static readonly StringValues Frames = "DENY";
    private static readonly StringValues SameOrigin = "same-origin";
    private static readonly StringValues Permissions =
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    private static readonly StringValues TwoYears = "max-age=63072000; includeSubDomains";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Reports = $"{PolicyReports.Group}=\"{PolicyReports.Path}\"";

    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        var isData = IsData(context.Request.Path);
        if (isData)
        {
            headers.ContentSecurityPolicy = DataPolicy;
        }
        else
        {
            headers.ContentSecurityPolicy = context.RequestServices.GetRequiredService<PagePolicy>().Value;
            headers["Reporting-Endpoints"] = Reports;
        }

        headers.XContentTypeOptions = NoSniff;
        headers.XFrameOptions = Frames;
        headers["Referrer-Policy"] = Referrer;
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = SameOrigin;
        headers["Cross-Origin-Resource-Policy"] = SameOrigin;
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = TwoYears;
        // Private by default; an operation whose answer may be kept says so itself.
        if (isData)
            headers.CacheControl = NoStore;
    }

    private static bool IsData(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !path.StartsWithSegments("/api/docs", StringComparison.OrdinalIgnoreCase);
}
