using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Renexus.Server.Tests.Gateway.Outbound;

/// <summary>Somebody else's server, as bad as the test wants it: reads the head of a request and then does what it was told.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<NetworkStream, CancellationToken, Task> answer;
    private readonly Task accepting;
    private int hits;

    public Upstream(Func<NetworkStream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>Connections so far.</summary>
    public int Hits => Volatile.Read(ref hits);

    /// <summary>The head of the last request.</summary>
    public string Request { get; private set; } = "";

    /// <summary>Answers with this text and closes.</summary>
    public static Upstream Saying(string text) => new((stream, stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop).AsTask());

    /// <summary>Answers with a body of this coding.</summary>
    public static Upstream Sending(byte[] body, string coding) => new(async (stream, stop) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {body.Length}\r\n\r\n"), stop);
        await stream.WriteAsync(body, stop);
    });

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                Interlocked.Increment(ref hits);
                _ = ServeAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, stopping.Token) is var read and > 0)
                    head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                Request = head.ToString();
                await answer(stream, stopping.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The other side has had enough.
            }
        }
    }
}
