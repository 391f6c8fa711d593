using System.Net.WebSockets;

namespace Renexus.Client.Realtime;

/// <summary>How a <see cref="RealtimeClient"/> behaves; the defaults suit a program that a person uses.</summary>
public sealed record RealtimeOptions
{
    /// <summary>
    /// How many writes may be on their way without an answer. With 1 their order is certain. More are faster on a slow network; then a write
    /// may pass an earlier one that the server refused for now (too fast, too busy) if the network held it up for longer than the wait asked for.
    /// </summary>
    public int Window { get; init; } = 1;

    /// <summary>How many writes may wait for an answer or a connection; more are refused at once with <see cref="InvalidOperationException"/>.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>The wait before the first attempt to come back; doubled at each further one (RT-6).</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts to come back (RT-6).</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an attempt may take, until the welcome.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What the client tells the server to be: name and version.</summary>
    public string ClientName { get; init; } = "Renexus.Client/1.0";

    /// <summary>Opens the socket; replace it to go through a proxy or an in-process host. The subprotocol must be asked for.</summary>
    public Func<Uri, CancellationToken, Task<WebSocket>> ConnectAsync { get; init; } = ClientSockets.ConnectAsync;

    /// <summary>The ways to try, best first; a single one is never left.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [Transport.WebSocket, Transport.Events, Transport.Polling];

    /// <summary>How long a lesser way is used before the best one is tried again.</summary>
    public TimeSpan RetryBestAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Calls for the ways that are not sockets; its base address is the server's. One is made when it is null.</summary>
    public HttpClient? Http { get; init; }

    /// <summary>The clock for every wait.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the jitter comes from, in [0, 1).</summary>
    internal Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}
