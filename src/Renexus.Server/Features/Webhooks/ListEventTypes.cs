using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

internal static class ListEventTypes
{
    public static async Task<Results<Ok<WebhookEventTypes>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Caller caller, Database database, EventTypes types, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        return await WebhookRow.RefuseInAsync(work, workspaceId, caller.UserId, cancellationToken) is { } refusal
            ? refusal
            : TypedResults.Ok(new WebhookEventTypes(types.All));
    }
}
