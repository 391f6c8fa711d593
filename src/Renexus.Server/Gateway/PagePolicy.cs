using Microsoft.Extensions.Primitives;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway;

/// <summary>What pages of ours may load and do (Content-Security-Policy, SEC-HDR-01).</summary>
internal sealed class PagePolicy(RenexusOptions options)
{
    /// <summary>
    /// Neither scripts nor styles may be inline; what scripts set on elements and sheets (CSSOM) is no inline style. The socket's address is named,
    /// since not every browser reads 'self' as covering it.
    /// </summary>
    public StringValues Value { get; } =
        "default-src 'self'; script-src 'self'; style-src 'self'; "
        + $"img-src 'self' data: blob:{ContentOrigin(options)}; media-src 'self' blob:{ContentOrigin(options)}; "
        + $"font-src 'self'; connect-src 'self' {SocketOrigin(options.PublicUrl!)}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        + $"form-action 'self'; frame-ancestors 'none'; report-uri {PolicyReports.Path}; report-to {PolicyReports.Group}";

    // Where files are read from, when that is not here.
    private static string ContentOrigin(RenexusOptions options) =>
        options.Storage.ContentUrl is { } address ? " " + new Uri(address).GetLeftPart(UriPartial.Authority) : "";

    private static string SocketOrigin(string publicUrl)
    {
        var origin = new Uri(publicUrl).GetLeftPart(UriPartial.Authority);
        return origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? $"wss:{origin[6..]}" : $"ws:{origin[5..]}";
    }
}
