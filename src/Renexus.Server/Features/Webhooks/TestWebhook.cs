using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Sends an endpoint an event that means nothing, to see whether it arrives.</summary>
internal static class TestWebhook
{
    public static async Task<Results<Accepted<WebhookDelivery>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, Caller caller, Database database, EventFollower follower, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.FindAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        if (!webhook.IsEnabled)
            return Problems.Conflict("The webhook is switched off; switch it on first.");

        await work.ExecuteAsync(EndpointSwitch.EndRest, [webhookId], cancellationToken);
        var id = await follower.PutAsync(work, webhook.WorkspaceId, webhookId, EventTypes.Test, new { webhookId }, caller.UserId, cancellationToken);
        work.Record(AuditActions.WebhookTested, webhook.WorkspaceId, webhookId);
        var delivery = await DeliveryRow.FindAsync(work, webhookId, id, caller.UserId, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.Accepted($"/api/webhooks/{webhookId}/deliveries/{id}", delivery!.ToInfo());
    }
}
