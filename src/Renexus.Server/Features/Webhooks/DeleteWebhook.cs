using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Removes an endpoint with its secret and what it was sent.</summary>
internal static class DeleteWebhook
{
    private static readonly Command Delete = new("webhooks.delete", "delete from webhooks.endpoint e where e.id = $1");

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid webhookId, IfMatch ifMatch, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.LockAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        if (ifMatch.Version is { } version && version != webhook.Version)
            return Problems.VersionConflict(webhook.ToInfo());

        await work.ExecuteAsync(Delete, [webhookId], cancellationToken);
        await work.ExecuteAsync(EndpointSwitch.Settle, [webhook.WorkspaceId], cancellationToken);
        work.AnnounceWebhook(ChangeOp.Delete, webhook.WorkspaceId, webhookId, caller.UserId);
        work.Record(AuditActions.WebhookDeleted, webhook.WorkspaceId, webhookId, before: webhook.ToAudit());
        await work.CommitAsync(now);
        return TypedResults.NoContent();
    }
}
