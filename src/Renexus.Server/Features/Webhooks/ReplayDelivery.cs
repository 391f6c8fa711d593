using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Sends a delivery again, with the same id and the same bytes, as if it had just come up. One that waits is tried at once.</summary>
internal static class ReplayDelivery
{
    private static readonly Command Again = new("webhooks.replay_one", """
        update webhooks.delivery d set state = 0, attempts = 0, due_at = $3, settled_at = null where d.id = $1 and d.endpoint_id = $2
        """);

    public static async Task<Results<Accepted<WebhookDelivery>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, Guid deliveryId, Caller caller, Database database, EndpointLanes lanes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.LockAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        if (await DeliveryRow.FindAsync(work, webhookId, deliveryId, caller.UserId, cancellationToken) is null)
            return Problems.NotFound("delivery", deliveryId);
        if (!webhook.IsEnabled)
            return Problems.Conflict("The webhook is switched off; switch it on first.");

        await work.ExecuteAsync(Again, [deliveryId, webhookId, now], cancellationToken);
        await work.ExecuteAsync(EndpointSwitch.EndRest, [webhookId], cancellationToken);
        await lanes.PutAsync(work, webhookId, webhook.WorkspaceId, cancellationToken);
        work.Record(AuditActions.WebhookReplayed, webhook.WorkspaceId, webhookId, after: new { deliveryId });
        var delivery = await DeliveryRow.FindAsync(work, webhookId, deliveryId, caller.UserId, cancellationToken);
        await work.CommitAsync(now);
        return TypedResults.Accepted($"/api/webhooks/{webhookId}/deliveries/{deliveryId}", delivery!.ToInfo());
    }
}
