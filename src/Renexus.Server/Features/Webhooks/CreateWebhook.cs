using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Makes an endpoint. From the moment it commits, what happens is told to it.</summary>
internal static class CreateWebhook
{
    /// <summary>In a workspace; each is another call for each event.</summary>
    private const int Most = 50;

    private sealed record Count(long Endpoints);

    private static readonly Query<Count> CountIn = new("webhooks.count", """
        select count(*) as endpoints from webhooks.endpoint e where e.workspace_id = $1
        """);

    private static readonly Command Insert = new("webhooks.create", """
        insert into webhooks.endpoint (id, workspace_id, url, description, events, is_ordered, since, created_at, updated_at)
        select $1, m.workspace_id, $4, $5, $6, $7, pg_current_snapshot()::text, $8, $8
        from workspaces.member m
        where m.workspace_id = $2 and m.user_id = $3 and m.role = any ($9)
        """);

    public static async Task<Results<Created<NewWebhook>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, CreateWebhookRequest request, Caller caller, HttpResponse response, Database database, OutboundUrls urls, EventTypes types,
        EndpointSecrets secrets, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        // Before anything is said of the address: who may not make one learns nothing by asking.
        if (await WebhookRow.RefuseInAsync(work, workspaceId, caller.UserId, cancellationToken) is { } refusal)
            return refusal;
        if (types.Refuse(request.Events!) is { } unknown)
            return Problems.Validation("events", unknown);
        if (await urls.CheckAsync(request.Url, isTlsRequired: true, cancellationToken) is not { } url)
            return Problems.Validation("url", OutboundUrls.Refusal);
        if ((await work.QueryFirstAsync(CountIn, [workspaceId], cancellationToken))!.Endpoints >= Most)
            return Problems.Conflict($"A workspace has at most {Most} webhooks; delete one that is no longer used.");

        string[] events = [.. request.Events!.Distinct(StringComparer.Ordinal)];
        await work.ExecuteAsync(
            Insert,
            [
                id, workspaceId, caller.UserId, url.AbsoluteUri, request.Description?.Trim() ?? "", events, request.IsOrdered, now,
                Permissions.RolesFor(Permission.ManageWebhooks),
            ],
            cancellationToken);
        var secret = await secrets.MakeAsync(work, id, workspaceId, now, cancellationToken);
        await work.ExecuteAsync(EndpointSwitch.Settle, [workspaceId], cancellationToken);
        if (await WebhookRow.FindAsync(work, id, caller.UserId, cancellationToken) is not { } made)
            return Problems.NotFound("workspace", workspaceId);
        work.AnnounceWebhook(ChangeOp.Create, workspaceId, id, caller.UserId);
        work.Record(AuditActions.WebhookCreated, workspaceId, id, after: made.ToAudit());
        await work.CommitAsync(now);

        response.SetVersion(made.Version);
        return TypedResults.Created(
            $"/api/webhooks/{id}",
            new NewWebhook(
                id, workspaceId, made.Url, made.Description, made.Events, made.IsOrdered, made.IsEnabled, secret, made.Version, made.CreatedAt, made.UpdatedAt));
    }
}
