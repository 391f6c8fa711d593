using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

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
    private readonly Func<EndPoint> target;
    private Loss? loss;
    private long number;

    /// <param name="target">The server's port now; it may change when the server is started again.</param>
    public CuttingProxy(Func<int> target)
        : this(() => new IPEndPoint(IPAddress.Loopback, target()))
    {
    }

    /// <param name="target">Where the server listens, on a port or in the file system.</param>
    public CuttingProxy(Func<EndPoint> target)
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

    /// <summary>Cuts the next connection on which a client says this, once: before the server hears it, or when the server answers, so that nobody hears the answer.</summary>
    public Task LoseAsync(string said, bool isHeard)
    {
        var next = new Loss(Encoding.ASCII.GetBytes(said), isHeard, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(ref loss, next);
        return next.Happened.Task;
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
        Socket? server = null;
        var id = Interlocked.Increment(ref number);
        try
        {
            var address = target();
            server = address is IPEndPoint ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.IP);
            client.NoDelay = true;
            await server.ConnectAsync(address, stopping.Token);
            pairs[id] = (client, server);
            var lost = new TaskCompletionSource<Loss>();
            await Task.WhenAny(PumpAsync(client, server, bytes => IsHeard(bytes, lost)), PumpAsync(server, client, _ => !lost.Task.IsCompleted));
            if (lost.Task.IsCompleted)
                (await lost.Task).Happened.TrySetResult();
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

    /// <summary>Whether what the client says is handed on.</summary>
    private bool IsHeard(ReadOnlySpan<byte> said, TaskCompletionSource<Loss> lost)
    {
        if (Volatile.Read(ref loss) is not { } next || said.IndexOf(next.Said) < 0 || Interlocked.CompareExchange(ref loss, null, next) != next)
            return true;
        lost.SetResult(next);
        return next.IsHeard;
    }

    private static async Task PumpAsync(Socket from, Socket to, Passes passes)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, SocketFlags.None);
                if (read == 0 || !passes(buffer.AsSpan(0, read)))
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

    private static void Reset((Socket Client, Socket? Server) pair)
    {
        foreach (var socket in new[] { pair.Client, pair.Server }.OfType<Socket>())
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

    private delegate bool Passes(ReadOnlySpan<byte> bytes);

    private sealed record Loss(byte[] Said, bool IsHeard, TaskCompletionSource Happened);
}
