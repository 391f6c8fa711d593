using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>
/// Looks for what is due and seems to be nobody's: jobs that were to deliver it were thrown away by an operator, or died. Whoever is about to deliver it anyway is not
/// disturbed, because a lane has one job.
/// </summary>
internal sealed class OverdueDeliveries(Database database, EndpointLanes lanes, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("webhooks.look_for_overdue", Queues.Maintenance) { IsKept = false };

    public static readonly JobSchedule EveryMinute = new("webhooks.look_for_overdue", "* * * * *", Kind, new NoPayload()) { Missed = MissedTimes.Once };

    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);
    private const int Most = 1000;

    private sealed record OverdueRow(Guid WorkspaceId, Guid EndpointId);

    private static readonly Query<OverdueRow> Find = new("webhooks.overdue", """
        select distinct d.workspace_id, d.endpoint_id
        from (select d.workspace_id, d.endpoint_id from webhooks.delivery d where d.state = 0 and d.due_at < $1 order by d.due_at limit $2) d
        """);

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        foreach (var overdue in await database.QueryLogAsync(Find, [clock.GetUtcNow() - Late, Most], cancellationToken))
        {
            await using var work = await database.BeginAsync(Scope.In(overdue.WorkspaceId), cancellationToken);
            await lanes.PutAsync(work, overdue.EndpointId, overdue.WorkspaceId, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
        }
    }
}
