using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Sends again what happened within a time: after the repair of what kept an endpoint from taking it.</summary>
internal static class ReplayDeliveries
{
    private const int Most = 10_000;

    private static readonly Command Again = new("webhooks.replay_range", """
        update webhooks.delivery d set state = 0, attempts = 0, due_at = $4, settled_at = null
        where d.id = any (array(
          select r.id
          from webhooks.delivery r
          join webhooks.event v on v.id = r.event_id
          where r.endpoint_id = $1 and v.occurred_at >= $2 and v.occurred_at < $3 and (r.state = 2 or (r.state = 1 and $5))
          order by r.id
          limit $6))
        """);

    public static async Task<Results<Accepted<ReplayedDeliveries>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, ReplayDeliveriesRequest request, Caller caller, Database database, EndpointLanes lanes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.LockAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        var until = request.Until ?? now;
        if (until <= request.Since)
            return Problems.Validation("until", "It must be later than since.");
        if (!webhook.IsEnabled)
            return Problems.Conflict("The webhook is switched off; switch it on first.");

        var count = await work.ExecuteAsync(Again, [webhookId, request.Since!.Value, until, now, request.IncludeDelivered, Most], cancellationToken);
        await work.ExecuteAsync(EndpointSwitch.EndRest, [webhookId], cancellationToken);
        if (count > 0)
            await lanes.PutAsync(work, webhookId, webhook.WorkspaceId, cancellationToken);
        work.Record(AuditActions.WebhookReplayed, webhook.WorkspaceId, webhookId, after: new { request.Since, until, request.IncludeDelivered, count });
        await work.CommitAsync(now);
        return TypedResults.Accepted((string?)null, new ReplayedDeliveries(count));
    }
}
