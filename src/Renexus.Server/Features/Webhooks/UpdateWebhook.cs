using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Changes an endpoint, switches it on or off. Switched on, its past is forgiven: it is tried at once.</summary>
internal static class UpdateWebhook
{
    private static readonly Command Update = new("webhooks.update", """
        update webhooks.endpoint e
        set url = coalesce($2, e.url), events = coalesce($3, e.events), description = coalesce($4, e.description), is_ordered = coalesce($5, e.is_ordered),
            since = case when $6 and not e.is_enabled then pg_current_snapshot()::text else e.since end,
            is_enabled = coalesce($6, e.is_enabled),
            disabled_at = case when $6 then null when e.is_enabled and not $6 then $7 else e.disabled_at end,
            disabled_reason = case when $6 then null when e.is_enabled and not $6 then 'person' else e.disabled_reason end,
            version = e.version + 1, updated_at = $7
        where e.id = $1
        """);

    private static readonly Command Forgive = new("webhooks.forgive", """
        update webhooks.health h set failures = 0, failing_since = null, paused_until = null, last_ms = 0 where h.endpoint_id = $1
        """);

    public static async Task<Results<Ok<Webhook>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, PatchWebhookRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, OutboundUrls urls, EventTypes types,
        EndpointLanes lanes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.LockAsync(work, webhookId, caller.UserId, cancellationToken) is not { } before)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        if (ifMatch.Version is { } version && version != before.Version)
            return Problems.VersionConflict(before.ToInfo());
        if (request.Events is not null && types.Refuse(request.Events) is { } unknown)
            return Problems.Validation("events", unknown);
        Uri? url = null;
        if (request.Url is not null && (url = await urls.CheckAsync(request.Url, isTlsRequired: true, cancellationToken)) is null)
            return Problems.Validation("url", OutboundUrls.Refusal);

        await work.ExecuteAsync(
            Update,
            [
                webhookId, url?.AbsoluteUri, request.Events is null ? Arg.NoTexts : request.Events.Distinct(StringComparer.Ordinal).ToArray(),
                request.Description?.Trim(), request.IsOrdered, request.IsEnabled, now,
            ],
            cancellationToken);
        if (request.IsEnabled is false && before.IsEnabled)
            await work.ExecuteAsync(EndpointSwitch.GiveUp, [webhookId, now], cancellationToken);
        // Another address has another past.
        if (request.IsEnabled is true || url is not null)
        {
            await work.ExecuteAsync(Forgive, [webhookId], cancellationToken);
            await lanes.PutAsync(work, webhookId, before.WorkspaceId, cancellationToken);
        }
        await work.ExecuteAsync(EndpointSwitch.Settle, [before.WorkspaceId], cancellationToken);
        var after = await WebhookRow.FindAsync(work, webhookId, caller.UserId, cancellationToken);
        work.AnnounceWebhook(ChangeOp.Update, before.WorkspaceId, webhookId, caller.UserId);
        work.Record(AuditActions.WebhookUpdated, before.WorkspaceId, webhookId, before.ToAudit(), after!.ToAudit());
        await work.CommitAsync(now);

        response.SetVersion(after.Version);
        return TypedResults.Ok(after.ToInfo());
    }
}
