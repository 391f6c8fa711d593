using System.Net;
using System.Net.Sockets;
using System.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Outbound;

/// <summary>
/// Opens the connections of <see cref="OutboundClient"/>: resolves the name once, drops every address that may not be called, and dials
/// exactly one that is left (SEC-SSRF-01, -02). Nobody resolves the name again between check and connect, so an answer that changes in
/// between changes nothing.
/// </summary>
internal sealed class OutboundDialer(AddressRules addresses, OutboundNetwork network, OutboundUrls urls, RenexusOptions options, TimeProvider clock)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Normalize(NormalizationForm.FormKC).TrimEnd('.'), context.DnsEndPoint.Port);
        var isTrusted = addresses.Trusts(host);
        if (!urls.IsAllowedPort(port, isTrusted))
            throw new OutboundException(OutboundFailure.ForbiddenAddress);

        using var limit = new CancellationTokenSource(options.Outbound.ConnectTimeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var found = IPAddress.TryParse(host, out var literal) ? [literal] : await network.ResolveAsync(host, stop.Token);
            var allowed = found.Where(address => addresses.Allows(address, isTrusted)).ToArray();
            return allowed.Length > 0
                ? await DialAnyAsync(allowed, port, stop.Token)
                : throw new OutboundException(OutboundFailure.ForbiddenAddress);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundException(OutboundFailure.NotConnected, e);
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            throw new OutboundException(OutboundFailure.NotConnected, e);
        }
    }

    // Each gets its share of the time, so that one that swallows packets does not cost the others theirs.
    private async Task<Stream> DialAnyAsync(IPAddress[] allowed, int port, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in allowed)
        {
            using var share = new CancellationTokenSource(options.Outbound.ConnectTimeout / allowed.Length, clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, share.Token);
            try
            {
                return await network.ConnectAsync(new IPEndPoint(address, port), stop.Token);
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = e;
            }
        }

        throw new OutboundException(OutboundFailure.NotConnected, last);
    }
}
