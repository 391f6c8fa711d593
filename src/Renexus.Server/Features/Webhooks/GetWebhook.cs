using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

internal static class GetWebhook
{
    public static async Task<Results<Ok<Webhook>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.FindAsync(work, webhookId, caller.UserId, cancellationToken) is not { } webhook)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);

        // How its deliveries go is part of it, and changes without a version.
        var info = webhook.ToInfo();
        response.SetVersion(info.Version, info);
        return TypedResults.Ok(info);
    }
}
