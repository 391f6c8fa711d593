using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Removes for good what was deleted longer ago than the grace period, a batch at a time (OR-4). A workspace is one job's at a time.
/// </summary>
internal sealed class WorkspaceRemoval(Database database, DeletedWorkspaces deleted, TimeProvider clock, ILogger<WorkspaceRemoval> logger)
{
    public static readonly JobKind<NoPayload> Kind = new("workspaces.remove", Queues.Maintenance) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule EveryQuarter = new("workspaces.remove", "*/15 * * * *", Kind, new NoPayload());

    private const int AtOnce = 1000;

    private sealed record Batch(Guid WorkspaceId, int Removed, bool IsGone);

    private static readonly Query<Batch> Erase = new("workspaces.erase", """
        select workspace_id, removed, is_gone from workspaces.erase($1, $2)
        """);

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { batches = await RunAsync(AtOnce, cancellationToken) });

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
}
