using System.Globalization;
using Npgsql;
using Renexus.Engine.Changes;
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
    : IHostedLifecycleService, IDisposable
{
    private const int TrimBatch = 5_000;
    private static readonly TimeSpan TrimEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource stopping = new();
    private Task trimming = Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        services.Hints.Signalled += OnSignal;
        ended.Ended += OnLogInEnded;
        services.Hints.Start();
        services.Hub.Start();
        await lease.StartAsync(cancellationToken);
        trimming = Task.Run(TrimAsync, CancellationToken.None);
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
        await stopping.CancelAsync();
        await trimming;
        await services.Sessions.DisposeAsync();
        await services.Hub.DisposeAsync();
        await lease.DisposeAsync();
        await services.Hints.DisposeAsync();
    }

    public void Dispose() => stopping.Dispose();

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

    /// <summary>Removes what is past its retention, a batch at a time (CH9). Every node tries; a row is deleted once.</summary>
    private async Task TrimAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TrimEvery, services.Clock, stopping.Token);
                var before = services.Clock.GetUtcNow() - services.Options.Database.ChangeRetention;
                while (await services.Log.TrimAsync(before, TrimBatch, stopping.Token) >= TrimBatch)
                    await Task.Yield();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                LogTrimFailed(e);
            }
        }
    }

    [LoggerMessage(1601, LogLevel.Information, "Draining: {Count} connections are told to come back")]
    private partial void LogDraining(int count);

    [LoggerMessage(1602, LogLevel.Warning, "Old changes could not be removed; the next round tries again")]
    private partial void LogTrimFailed(Exception exception);
}

/// <summary>Something that holds accepted work in memory and must finish it before the process goes.</summary>
internal interface IDrain
{
    /// <summary>Ends when everything that was accepted is committed, or has failed and its caller knows.</summary>
    Task DrainAsync();
}
