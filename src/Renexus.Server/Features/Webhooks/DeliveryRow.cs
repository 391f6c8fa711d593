using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Webhooks;

/// <summary>A delivery as it is read.</summary>
internal sealed record DeliveryRow(
    Guid Id, Guid EventId, string Type, short State, short Tries, short? LastStatus, DateTimeOffset OccurredAt, DateTimeOffset? DueAt, DateTimeOffset? SettledAt)
{
    private static readonly string[] States = ["pending", "delivered", "failed"];

    /// <summary>$1 is the endpoint, $2 and $3 who asks, and in which roles.</summary>
    public const string Select = """
        select d.id, d.event_id, v.type, d.state, d.tries, d.last_status, v.occurred_at, d.due_at, d.settled_at
        from webhooks.delivery d
        join webhooks.event v on v.id = d.event_id
        join workspaces.member m on m.workspace_id = d.workspace_id and m.user_id = $2 and m.role = any ($3)
        where d.endpoint_id = $1

        """;

    private static readonly Query<DeliveryRow> ById = new("webhooks.delivery_by_id", Select + "and d.id = $4");

    public static Task<DeliveryRow?> FindAsync(Work work, Guid webhookId, Guid deliveryId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(ById, [webhookId, userId, Permissions.RolesFor(Permission.ManageWebhooks), deliveryId], cancellationToken);

    /// <summary>How a state is kept, by its name; null for none.</summary>
    public static int? NumberOf(string? state) => state is null ? null : Array.IndexOf(States, state);

    public WebhookDelivery ToInfo() => new(Id, EventId, Type, States[State], Tries, LastStatus, OccurredAt, DueAt, SettledAt);
}
