using System.Globalization;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// Starts the delivery of the log before the first request, and drains it before the last one is cut (RE-5): nothing new is
/// begun, what was begun is committed and acknowledged, and only then are the clients sent elsewhere.
/// </summary>
internal sealed partial class RealtimeLifetime(
    RealtimeServices services, NodeLease lease, EndedSessions ended, IEnumerable<IDrain> drains, ILogger<RealtimeLifetime> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(8);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        services.Hints.Signalled += OnSignal;
        ended.Ended += OnLogInEnded;
        services.Hints.Start();
        services.Hub.Start();
        await lease.StartAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        services.IsDraining = true;
        foreach (var drain in drains)
            await drain.DrainAsync();
        var open = services.Conversations.All.ToArray();
        LogDraining(open.Length);
        foreach (var conversation in open)
            conversation.Close(CloseCode.GoingAway, "the server is going away");
        try
        {
            await Task.WhenAll(open.Select(conversation => conversation.DrainedAsync())).WaitAsync(CloseWithin, services.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Who does not read by now learns of it when the transport is cut, and comes back by resuming.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await services.Sessions.DisposeAsync();
        await services.Hub.DisposeAsync();
        await lease.DisposeAsync();
        await services.Hints.DisposeAsync();
    }

    private void OnSignal(string kind, string value)
    {
        if (kind is RealtimeSignals.Replaced && long.TryParse(value, CultureInfo.InvariantCulture, out var connection))
            services.Conversations.Find(connection)?.Close(CloseCode.Replaced, "resumed elsewhere");
    }

    private void OnLogInEnded(Guid session)
    {
        foreach (var conversation in services.Conversations.All)
        {
            if (conversation.Caller?.SessionId == session)
                conversation.Close(CloseCode.SessionEnded, "the log-in was ended");
        }
    }

    [LoggerMessage(1601, LogLevel.Information, "Draining: {Count} connections are told to come back")]
    private partial void LogDraining(int count);
}

/// <summary>Something that holds accepted work in memory and must finish it before the process goes.</summary>
internal interface IDrain
{
    /// <summary>Ends when everything that was accepted is committed, or has failed and its caller knows.</summary>
    Task DrainAsync();
}
