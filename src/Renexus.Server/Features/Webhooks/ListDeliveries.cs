using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

internal static class ListDeliveries
{
    private static readonly Query<DeliveryRow> Page = new("webhooks.deliveries", DeliveryRow.Select + """
        and d.turn < coalesce((select c.turn from webhooks.delivery c where c.id = $4), 9223372036854775807) and ($5::integer is null or d.state = $5)
        order by d.turn desc
        limit $6
        """);

    public static async Task<Results<Ok<Page<WebhookDelivery>>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, [AsParameters] DeliveryQuery which, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var rows = await work.QueryAsync(
            Page,
            [
                webhookId, caller.UserId, Permissions.RolesFor(Permission.ManageWebhooks), query.After(), DeliveryRow.NumberOf(which.State),
                query.Take() + 1,
            ],
            cancellationToken);
        if (rows.Count == 0 && await WebhookRow.FindAsync(work, webhookId, caller.UserId, cancellationToken) is null)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        return TypedResults.Ok(query.Page([.. rows.Select(row => row.ToInfo())], delivery => delivery.Id));
    }
}
