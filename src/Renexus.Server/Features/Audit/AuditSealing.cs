using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Audit;

/// <summary>What goes on in the background of the trail: entries get their places, chains their checkpoints.</summary>
internal sealed partial class AuditSealing(
    AuditSealer sealer, Checkpoints checkpoints, AuditKey key, RenexusOptions options, TimeProvider clock, ILogger<AuditSealing> logger) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // A key that cannot be read is a start that fails, not a trail that is never signed.
        _ = key.PublicKey;
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(sealer.RunAsync(stoppingToken), SignAsync(stoppingToken));

    private async Task SignAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.Audit.CheckpointInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await TrySignAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next start signs the rest.
        }
    }

    private async Task TrySignAsync(CancellationToken stop)
    {
        try
        {
            await checkpoints.SignAsync(stop);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            NotSigned(logger, (e.InnerException ?? e).Message);
        }
    }

    [LoggerMessage(2503, LogLevel.Warning, "Audit checkpoints wait: {Reason}")]
    private static partial void NotSigned(ILogger logger, string reason);
}
