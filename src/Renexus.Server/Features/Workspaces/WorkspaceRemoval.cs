using System.Diagnostics.CodeAnalysis;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Removes for good what was deleted longer ago than the grace period, a batch at a time (OR-4). Every node tries; a workspace is one
/// node's at a time.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the container.")]
internal sealed class WorkspaceRemoval(
    Database database, DeletedWorkspaces deleted, TimeProvider clock, ILogger<WorkspaceRemoval> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private sealed record Batch(Guid WorkspaceId, int Removed, bool IsGone);

    private static readonly Query<Batch> Erase = new("workspaces.erase", """
        select workspace_id, removed, is_gone from workspaces.erase($1, $2)
        """);

    /// <summary>Removes everything that is due; answers how many batches that took.</summary>
    /// <param name="batch">How many rows at once: a transaction must stay far below the statement timeout.</param>
    public async Task<int> RunAsync(int batch, CancellationToken cancellationToken)
    {
        var batches = 0;
        while (true)
        {
            await using var work = await database.BeginAsync(Scope.None, cancellationToken);
            if (await work.QueryFirstAsync(Erase, [deleted.Threshold, batch], cancellationToken) is not { } removed)
                return batches;

            batches++;
            // In the installation's trail: nobody reads the workspace's own any more.
            if (removed.IsGone)
                work.Record(Auditing.Entry(AuditActions.WorkspaceRemoved, removed.WorkspaceId));
            await work.CommitAsync(clock.GetUtcNow());
            if (removed.IsGone)
                logger.WorkspaceRemoved(removed.WorkspaceId);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                try
                {
                    await RunAsync(batch: 1000, stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    logger.RemovalFailed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down; the next start goes on.
        }
    }
}
