using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Webhooks;

/// <summary>What the jobs of an endpoint carry.</summary>
internal sealed record EndpointJob(Guid EndpointId, Guid WorkspaceId);

/// <summary>
/// The lanes that keep endpoints from holding each other up: of each endpoint one job at a time works off what waits, and those that fail or are slow do so in a
/// queue of their own.
/// </summary>
internal sealed class EndpointLanes(Database database, JobClient jobs, TimeProvider clock)
{
    public static readonly JobKind<EndpointJob> Kind = new("webhooks.deliver", Queues.Webhooks) { IsKept = false };
    public static readonly JobKind<EndpointJob> SlowKind = new("webhooks.deliver_slowly", Queues.SlowWebhooks) { IsKept = false };
    public static readonly JobKind<EndpointJob> WakeKind = new("webhooks.wake", Queues.Webhooks) { IsKept = false };

    /// <summary>An answer that takes longer makes an endpoint a slow one.</summary>
    private const int SlowMs = 2_000;

    private static readonly Query<HealthRow> Health = new("webhooks.health", "select h.failures, h.last_ms from webhooks.health h where h.endpoint_id = $1");

    /// <summary>Something waits to be delivered: looks for it, once, if nobody is about to.</summary>
    public async Task PutAsync(Work work, Guid endpointId, Guid workspaceId, CancellationToken cancellationToken)
    {
        var health = await work.QueryFirstAsync(Health, [endpointId], cancellationToken);
        var key = $"webhooks:{endpointId:N}";
        await jobs.EnqueueAsync(
            work, health is { Failures: > 0 } or { LastMs: > SlowMs } ? SlowKind : Kind, new EndpointJob(endpointId, workspaceId), cancellationToken,
            new JobOptions { WorkspaceId = workspaceId, ForNobody = true, OrderingKey = key, Unique = new UniqueKey(key) { OnlyWhileWaiting = true } });
    }

    /// <summary>Something is due later. It must not wait in the endpoint's lane, where it would hold up what comes meanwhile.</summary>
    public async Task PutLaterAsync(Work work, Guid endpointId, Guid workspaceId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await jobs.EnqueueAsync(
            work, WakeKind, new EndpointJob(endpointId, workspaceId), cancellationToken,
            new JobOptions
            {
                WorkspaceId = workspaceId,
                ForNobody = true,
                RunAt = at,
                Unique = new UniqueKey($"webhooks.wake:{endpointId:N}:{at.ToUnixTimeSeconds()}"),
            });
    }

    public async Task WakeAsync(EndpointJob endpoint, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        await PutAsync(work, endpoint.EndpointId, endpoint.WorkspaceId, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    private sealed record HealthRow(int Failures, int LastMs);
}
