using System.Net;
using System.Net.Sockets;

namespace Renexus.Server.Gateway.Outbound;

/// <summary>How names are resolved and addresses dialled: the operating system's way, or a test's.</summary>
/// <param name="ResolveAsync">Every address of a host name; throws <see cref="SocketException"/> when there is none.</param>
/// <param name="ConnectAsync">A connection to exactly this address.</param>
internal sealed record OutboundNetwork(
    Func<string, CancellationToken, Task<IPAddress[]>> ResolveAsync, Func<IPEndPoint, CancellationToken, Task<Stream>> ConnectAsync)
{
    public static readonly OutboundNetwork System = new(Dns.GetHostAddressesAsync, DialAsync);

    private static async Task<Stream> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
