using System.Net.WebSockets;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Opens ordinary sockets.</summary>
internal static class ClientSockets
{
    // The client's sign of life to the server, which gives up after 120 s of silence (RT-4).
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    public static async Task<WebSocket> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(CloseCodes.Subprotocol);
            socket.Options.KeepAliveInterval = KeepAlive;
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
