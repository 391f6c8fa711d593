using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// How a browser holds its refresh token (AU-2): in a cookie that no script can read, asked for by the header
/// <c>X-Renexus-Client: browser</c>. A page of another origin cannot send that header unless CORS lets it, and what the browser itself
/// says about where a write comes from has been checked before (<see cref="Gateway.CrossSite"/>).
/// </summary>
internal sealed class BrowserClient(RenexusOptions options)
{
    public const string Header = "X-Renexus-Client";
    public const string Path = "/api/auth";

    private const string CookieName = "renexus-refresh";
    private const string DeviceCookieName = "renexus-device";
    private const string FlowCookieName = "renexus-sign-in";

    /// <summary>How long somebody may stay at a provider's page.</summary>
    private static readonly TimeSpan FlowLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Whether the request asks to work with the cookie; without asking, the cookie is not used.</summary>
    public static bool Asks(HttpRequest request) => string.Equals(request.Headers[Header], "browser", StringComparison.Ordinal);

    /// <summary>The refresh token in the cookie, if there is one.</summary>
    public string? Read(HttpRequest request) => request.Cookies[NameFor(request, CookieName)];

    /// <summary>What tells this browser from a stranger's, if it has logged in before (<see cref="KnownDevices"/>).</summary>
    public string? ReadDevice(HttpRequest request) => request.Cookies[NameFor(request, DeviceCookieName)];

    public void WriteDevice(HttpContext context, SecretToken token, TimeSpan lifetime) =>
        context.Response.Cookies.Append(NameFor(context.Request, DeviceCookieName), token.Reveal(), Attributes(context.Request, lifetime));

    /// <summary>What this browser began at a provider (<see cref="Gateway.Authentication.SignInFlow"/>).</summary>
    public string? ReadFlow(HttpRequest request) => request.Cookies[NameFor(request, FlowCookieName)];

    public void WriteFlow(HttpContext context, SecretToken token) =>
        context.Response.Cookies.Append(NameFor(context.Request, FlowCookieName), token.Reveal(), Attributes(context.Request, FlowLifetime));

    public void ClearFlow(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context.Request, FlowCookieName), Attributes(context.Request, lifetime: null));

    public void Write(HttpContext context, SecretToken token, TimeSpan lifetime) =>
        context.Response.Cookies.Append(NameFor(context.Request, CookieName), token.Reveal(), Attributes(context.Request, lifetime));

    public void Clear(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context.Request, CookieName), Attributes(context.Request, lifetime: null));

    // The prefix makes browsers refuse the cookie unless it is Secure and came over TLS.
    private string NameFor(HttpRequest request, string name) => IsSecure(request) ? "__Secure-" + name : name;

    private CookieOptions Attributes(HttpRequest request, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = lifetime,
        Path = Path,
        SameSite = SameSiteMode.Strict,
        Secure = IsSecure(request),
    };

    /// <summary>Plain http only where people really use plain http: a proxy in front may have ended TLS.</summary>
    private bool IsSecure(HttpRequest request) =>
        request.IsHttps || options.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;
}
