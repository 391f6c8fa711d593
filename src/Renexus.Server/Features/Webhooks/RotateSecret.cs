using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Gives an endpoint a new secret, shown this once; for a day deliveries carry both signatures.</summary>
internal static class RotateSecret
{
    public static async Task<Results<Ok<WebhookSecret>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, Caller caller, Database database, EndpointSecrets secrets, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.LockAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);

        var secret = await secrets.MakeAsync(work, webhookId, webhook.WorkspaceId, now, cancellationToken);
        work.AnnounceWebhook(ChangeOp.Update, webhook.WorkspaceId, webhookId, caller.UserId);
        work.Record(AuditActions.WebhookSecretRotated, webhook.WorkspaceId, webhookId);
        await work.CommitAsync(now);
        return TypedResults.Ok(new WebhookSecret(secret, now + EndpointSecrets.Overlap));
    }
}
