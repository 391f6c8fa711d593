using Microsoft.Extensions.Primitives;

namespace Renexus.Server.Gateway;

/// <summary>What browsers are told about every answer (SE-1).</summary>
internal static class SecurityHeaders
{
    // Styles may be inline: editors and pop-ups position themselves that way. Scripts never.
    private static readonly StringValues PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'";

    private static readonly StringValues DataPolicy = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Referrer = "no-referrer";
    private static readonly StringValues Frames = "DENY";
    private static readonly StringValues SameOrigin = "same-origin";
    private static readonly StringValues Permissions =
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    private static readonly StringValues TwoYears = "max-age=63072000; includeSubDomains";
    private static readonly StringValues NoStore = "no-store";

    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        var isData = IsData(context.Request.Path);
        headers.ContentSecurityPolicy = isData ? DataPolicy : PagePolicy;
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
