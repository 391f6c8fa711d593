using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

internal static class ListWebhooks
{
    private static readonly Query<WebhookRow> Page = new("webhooks.list", WebhookRow.Select + """
        where e.workspace_id = $3 and e.id > $4
        order by e.id
        limit $5
        """);

    public static async Task<Results<Ok<Page<Webhook>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var rows = await work.QueryAsync(
            Page, [caller.UserId, Permissions.RolesFor(Permission.ManageWebhooks), workspaceId, query.After(), query.Take() + 1], cancellationToken);
        // An empty list is the one case in which the caller may be somebody who may not see it.
        if (rows.Count == 0 && await WebhookRow.RefuseInAsync(work, workspaceId, caller.UserId, cancellationToken) is { } refusal)
            return refusal;
        return TypedResults.Ok(query.Page([.. rows.Select(row => row.ToInfo())], webhook => webhook.Id));
    }
}
