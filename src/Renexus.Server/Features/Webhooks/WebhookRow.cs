using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Webhooks;

/// <summary>An endpoint as it is read.</summary>
internal sealed record WebhookRow(
    Guid Id, Guid WorkspaceId, string Url, string Description, string[] Events, bool IsOrdered, bool IsEnabled, DateTimeOffset? DisabledAt, string? DisabledReason,
    DateTimeOffset? FailingSince, DateTimeOffset? DeliveredAt, DateTimeOffset? SecretExpiresAt, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>$1 and $2: who asks, and in which roles.</summary>
    public const string Select = """
        select e.id, e.workspace_id, e.url, e.description, e.events, e.is_ordered, e.is_enabled, e.disabled_at, e.disabled_reason, h.failing_since, h.delivered_at,
               (select max(s.expires_at) from webhooks.secret s where s.endpoint_id = e.id) as secret_expires_at, e.version, e.created_at, e.updated_at
        from webhooks.endpoint e
        join workspaces.member m on m.workspace_id = e.workspace_id and m.user_id = $1 and m.role = any ($2)
        left join webhooks.health h on h.endpoint_id = e.id

        """;

    private static readonly Query<WebhookRow> ById = new("webhooks.by_id", Select + "where e.id = $3");

    private static readonly Query<WebhookRow> Locked = new("webhooks.locked", Select + "where e.id = $3 for no key update of e");

    private static readonly Query<string> RoleAt = new("webhooks.role_at", """
        select m.role
        from webhooks.endpoint e
        join workspaces.member m on m.workspace_id = e.workspace_id and m.user_id = $2
        where e.id = $1
        """);

    private static readonly Query<string> RoleIn = new(
        "webhooks.role_in", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    public static Task<WebhookRow?> FindAsync(Work work, Guid webhookId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(ById, [userId, Permissions.RolesFor(Permission.ManageWebhooks), webhookId], cancellationToken);

    /// <summary>The same, and nobody else changes it until the transaction ends.</summary>
    public static Task<WebhookRow?> LockAsync(Work work, Guid webhookId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(Locked, [userId, Permissions.RolesFor(Permission.ManageWebhooks), webhookId], cancellationToken);

    /// <summary>Why somebody found no endpoint.</summary>
    public static async Task<ProblemHttpResult> RefuseAsync(Work work, Guid webhookId, Guid userId, CancellationToken cancellationToken) =>
        Refusal(await work.QueryFirstAsync(RoleAt, [webhookId, userId], cancellationToken), "webhook", webhookId) ?? Problems.NotFound("webhook", webhookId);

    /// <summary>Why somebody may not manage the endpoints of a workspace; null when they may.</summary>
    public static async Task<ProblemHttpResult?> RefuseInAsync(Work work, Guid workspaceId, Guid userId, CancellationToken cancellationToken) =>
        Refusal(await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken), "workspace", workspaceId);

    public Webhook ToInfo() => new(
        Id, WorkspaceId, Url, Description, Events, IsOrdered, IsEnabled, DisabledAt, DisabledReason, FailingSince, DeliveredAt, SecretExpiresAt, Version, CreatedAt, UpdatedAt);

    /// <summary>What the audit trail keeps. The address may hold a secret in its path or query, so only where it leads to.</summary>
    public object ToAudit() => new { Host = new Uri(Url).Authority, Description, Events, IsOrdered, IsEnabled };

    private static ProblemHttpResult? Refusal(string? role, string what, Guid id) =>
        role is null ? Problems.NotFound(what, id)
        : Permissions.Allows(role, Permission.ManageWebhooks) ? null
        : Problems.Forbidden($"Webhooks take the role {string.Join(" or ", Permissions.RolesFor(Permission.ManageWebhooks))}; yours is {role}.");
}

/// <summary>Tells the workspace that an endpoint is another one; what it is, only those are shown who may see it.</summary>
internal static class WebhookNews
{
    public static void AnnounceWebhook(this Work work, ChangeOp op, Guid workspaceId, Guid webhookId, Guid? actor) =>
        work.AnnounceToWorkspace(workspaceId, op, "webhook", webhookId, new { id = webhookId, workspaceId }, actor);
}
