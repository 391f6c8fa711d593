using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Renexus.Testing;

/// <summary>
/// A bad network: hands bytes on between clients and a server on this machine, and cuts connections when a test says so,
/// with a reset, in the middle of whatever is under way.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<long, (Socket Client, Socket Server)> pairs = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private readonly Func<int> target;
    private long number;

    /// <param name="target">The server's port now; it may change when the server is started again.</param>
    public CuttingProxy(Func<int> target)
    {
        this.target = target;
        listener.Start(512);
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Count => pairs.Count;

    /// <summary>Cuts about this share of the connections.</summary>
    public void Cut(Random random, double share)
    {
        foreach (var (id, pair) in pairs)
        {
            if (random.NextDouble() < share && pairs.TryRemove(id, out _))
                Reset(pair);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
        Cut(new Random(0), share: 1.1);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stopping.Token);
                _ = RelayAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy has been disposed.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var id = Interlocked.Increment(ref number);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target(), stopping.Token);
            pairs[id] = (client, server);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Nobody listens right now: the client sees a reset, as it would without the proxy.
        }
        finally
        {
            pairs.TryRemove(id, out _);
            Reset((client, server));
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, SocketFlags.None);
                if (read == 0)
                    return;
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private static void Reset((Socket Client, Socket Server) pair)
    {
        foreach (var socket in new[] { pair.Client, pair.Server })
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Gone already.
            }
            socket.Dispose();
        }
    }
}
