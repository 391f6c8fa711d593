using System.Net;
using System.Net.Sockets;
using System.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Outbound;

/// <summary>
/// Whether a URL that a user gives may be stored and called (SE-5). The answer at registration is a courtesy; what protects is
/// <see cref="OutboundDialer"/>, which judges the address at every connect, whatever a name meant before.
/// </summary>
internal sealed class OutboundUrls(AddressRules addresses, OutboundNetwork network, RenexusOptions options)
{
    public const int MaxLength = 2048;

    /// <summary>One sentence for all reasons, so that nobody learns what is there by asking.</summary>
    public const string Refusal = "It must be an address on the public Internet, such as https://example.com/hook.";

    private static readonly TimeSpan ResolveWithin = TimeSpan.FromSeconds(3);

    // Names that mean something inside a network alone (RFC 6761, 6762, 8375, ICANN's .internal).
    private static readonly string[] LocalSuffixes = [".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".arpa", ".test", ".invalid", ".onion"];

    /// <summary>The URL in one spelling; null when it may not be called.</summary>
    /// <param name="isTlsRequired">Refuses http, unless its host may lead inside.</param>
    public Uri? Parse(string? text, bool isTlsRequired = false)
    {
        // Parsers disagree about these; a URL has no use for them.
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\'))
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            return null;

        var host = HostOf(url).TrimEnd('.');
        var isTrusted = addresses.Trusts(host);
        if (isTlsRequired && !isTrusted && url.Scheme != "https")
            return null;
        return IsAllowedPort(url.Port, isTrusted) && IsAllowedHost(host, text, isTrusted) ? url : null;
    }

    /// <summary>As <see cref="Parse"/>, and the name does not lead to forbidden addresses alone. A name that nobody knows yet passes.</summary>
    public async Task<Uri?> CheckAsync(string? text, bool isTlsRequired, CancellationToken cancellationToken)
    {
        if (Parse(text, isTlsRequired) is not { } url || IPAddress.TryParse(HostOf(url), out _))
            return Parse(text, isTlsRequired);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ResolveWithin);
        try
        {
            var found = await network.ResolveAsync(HostOf(url), patience.Token);
            var isTrusted = addresses.Trusts(HostOf(url).TrimEnd('.'));
            return found.Length == 0 || found.Any(address => addresses.Allows(address, isTrusted)) ? url : null;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return url;
        }
    }

    /// <summary>Whether the port is one of those that user's URLs may name.</summary>
    /// <param name="isTrusted">Its host may lead inside.</param>
    public bool IsAllowedPort(int port, bool isTrusted) =>
        isTrusted ? port is > 0 and <= 65535 : port is 80 or 443 || options.Outbound.Ports.Contains(port.ToString(), StringComparer.Ordinal);

    /// <summary>The host as it is resolved: ASCII, one spelling for each character.</summary>
    public static string HostOf(Uri url) => url.IdnHost.Normalize(NormalizationForm.FormKC);

    private bool IsAllowedHost(string host, string text, bool isTrusted)
    {
        // Of an address in numbers the one plain spelling: octal, hexadecimal and other digits mean different addresses to different parsers.
        if (IPAddress.TryParse(host, out var address))
            return addresses.Allows(address, isTrusted) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Contains($"://{address}", StringComparison.Ordinal));
        if (Uri.CheckHostName(host) != UriHostNameType.Dns || EndsInNumber(host))
            return false;

        return isTrusted || (host.Contains('.', StringComparison.Ordinal) && !Array.Exists(LocalSuffixes, s => host.EndsWith(s, StringComparison.OrdinalIgnoreCase)));
    }

    // Some resolvers read these as addresses (WHATWG URL, "ends in a number"); no public name looks so.
    private static bool EndsInNumber(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
    }
}
