using System.Text.Json;
using Npgsql;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Jobs;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Operations;

/// <summary>
/// Tells operators how queues and jobs stand (JB-5): each node looks once a second for all who listen there, while somebody does, and says what has changed. Ephemeral: whoever
/// missed one gets the next.
/// </summary>
internal sealed partial class OpsNews(
    Hub hub, MessageEncoder encoder, JobOperations jobs, JobWorkerOptions worker, TimeProvider clock, ILogger<OpsNews> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        byte[] told = [];
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                told = hub.HasListeners(Channels.Ops) ? await TryTellAsync(told, stoppingToken) : [];
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private async Task<byte[]> TryTellAsync(byte[] told, CancellationToken cancellationToken)
    {
        try
        {
            var state = await OpsState.ReadAsync(jobs, worker, clock, cancellationToken);
            isFailing = false;
            // When it was looked is no news.
            var content = Json.Utf8(state with { Overview = state.Overview with { At = default } });
            if (!content.AsSpan().SequenceEqual(told))
                hub.Broadcast(Channels.Ops, Encode(state));
            return content;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            if (!isFailing)
                LogBlind((e.InnerException ?? e).Message);
            isFailing = true;
            return told;
        }
    }

    private OutboundMessage Encode(JobsState state) => encoder.Update(Channels.Ops, null, null, state, static (writer, state) =>
    {
        writer.WriteString("op"u8, Ops.Jobs);
        writer.WritePropertyName("overview"u8);
        JsonSerializer.Serialize(writer, state.Overview, Json.Options);
        writer.WritePropertyName("running"u8);
        JsonSerializer.Serialize(writer, state.Running, Json.Options);
    }, ephemeral: true);

    [LoggerMessage(2701, LogLevel.Warning, "Operators are not told how queues stand: {Reason}")]
    private partial void LogBlind(string reason);
}
