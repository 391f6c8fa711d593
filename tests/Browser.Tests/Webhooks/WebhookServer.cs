using System.Net;
using System.Net.Sockets;
using System.Text;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Webhooks;

/// <summary>A server that may call this machine, and a receiver there that answers as the test says.</summary>
public sealed class WebhookServer : TestServer
{
    private readonly TcpListener receiver = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private Task answering = Task.CompletedTask;

    /// <summary>What the receiver answers.</summary>
    public string Status { get; set; } = "200 OK";

    /// <summary>Where it is.</summary>
    public string Hook => $"http://{receiver.LocalEndpoint}/renexus";

    protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Webhooks:AllowPrivateAddresses", "true")];

    public override async ValueTask InitializeAsync()
    {
        receiver.Start();
        answering = AnswerAsync(stopping.Token);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await stopping.CancelAsync();
        await answering;
        receiver.Dispose();
        stopping.Dispose();
    }

    private async Task AnswerAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var client = await receiver.AcceptTcpClientAsync(stop);
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[64 * 1024], stop) == 0)
                    continue;
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status}\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{{\"ok\":false}}"), stop);
            }
            catch (IOException)
            {
                // It went away.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
