using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Renexus.Contracts;

/// <summary>An address that is told what happens in a workspace, by Standard Webhooks (WH-2).</summary>
/// <param name="Id">The endpoint.</param>
/// <param name="WorkspaceId">Whose events it gets.</param>
/// <param name="Url">Where they are sent.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Events">Which types it gets: <c>message.created</c>; <c>*</c> is all of them, also those to come.</param>
/// <param name="IsOrdered">Whether each waits until the one before has been delivered or given up; otherwise only events of one resource are kept in order, and only while nothing fails.</param>
/// <param name="IsEnabled">Whether it is told anything.</param>
/// <param name="DisabledAt">Since when it is not.</param>
/// <param name="DisabledReason"><c>person</c> switched it off; <c>gone</c>: it answered 410; <c>failing</c>: nothing reached it for five days.</param>
/// <param name="FailingSince">Since when nothing has reached it, if its last delivery failed.</param>
/// <param name="DeliveredAt">When something reached it last.</param>
/// <param name="SecretExpiresAt">Until when deliveries are signed with the secret before as well; absent when there is none.</param>
/// <param name="Version">Counts changes of its settings; also its <c>ETag</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When its settings last changed.</param>
public sealed record Webhook(
    Guid Id,
    Guid WorkspaceId,
    string Url,
    string Description,
    IReadOnlyList<string> Events,
    bool IsOrdered,
    bool IsEnabled,
    DateTimeOffset? DisabledAt,
    string? DisabledReason,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? SecretExpiresAt,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A new endpoint with its secret, which is shown this once.</summary>
/// <param name="Id">The endpoint.</param>
/// <param name="WorkspaceId">Whose events it gets.</param>
/// <param name="Url">Where they are sent.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Events">Which types it gets.</param>
/// <param name="IsOrdered">Whether each waits for the one before.</param>
/// <param name="IsEnabled">Whether it is told anything.</param>
/// <param name="Secret"><c>whsec_</c> and base64: what its deliveries are signed with.</param>
/// <param name="Version">Also its <c>ETag</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">The same.</param>
public sealed record NewWebhook(
    Guid Id,
    Guid WorkspaceId,
    string Url,
    string Description,
    IReadOnlyList<string> Events,
    bool IsOrdered,
    bool IsEnabled,
    string Secret,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>Asks for an endpoint.</summary>
public sealed record CreateWebhookRequest
{
    /// <summary>An https address on the public Internet.</summary>
    [Required, StringLength(2048, MinimumLength = 1)]
    public string? Url { get; init; }

    /// <summary>At least one type, or <c>*</c>.</summary>
    [Required, MinLength(1), MaxLength(100)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(200)]
    public string? Description { get; init; }

    /// <summary>Deliver one after the other, each only when the one before was delivered or given up.</summary>
    public bool IsOrdered { get; init; }
}

/// <summary>Changes an endpoint; absent members stay as they are.</summary>
public sealed record PatchWebhookRequest
{
    /// <summary>An https address on the public Internet.</summary>
    [StringLength(2048, MinimumLength = 1)]
    public string? Url { get; init; }

    /// <summary>At least one type, or <c>*</c>.</summary>
    [MinLength(1), MaxLength(100)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(200)]
    public string? Description { get; init; }

    /// <summary>Deliver one after the other.</summary>
    public bool? IsOrdered { get; init; }

    /// <summary>Off: it is told nothing more, and what waits is given up. On: it is told what happens from now on.</summary>
    public bool? IsEnabled { get; init; }
}

/// <summary>A new secret of an endpoint, shown this once.</summary>
/// <param name="Secret"><c>whsec_</c> and base64.</param>
/// <param name="PreviousUntil">Until when deliveries are signed with the one before as well.</param>
public sealed record WebhookSecret(string Secret, DateTimeOffset PreviousUntil);

/// <summary>The event types that can be asked for.</summary>
public sealed record WebhookEventTypes(IReadOnlyList<string> Items);

/// <summary>An event on its way to an endpoint.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="EventId">The event; the header <c>webhook-id</c> is made of it.</param>
/// <param name="Type">What happened.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c> (given up).</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastStatus">What the last try was answered; absent when there was no answer.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="DueAt">When it is tried next.</param>
/// <param name="SettledAt">When it was delivered or given up.</param>
public sealed record WebhookDelivery(
    Guid Id, Guid EventId, string Type, string State, int Attempts, int? LastStatus, DateTimeOffset OccurredAt, DateTimeOffset? DueAt, DateTimeOffset? SettledAt);

/// <summary>A delivery with what was sent and each try.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="EventId">The event.</param>
/// <param name="Type">What happened.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastStatus">What the last try was answered.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="DueAt">When it is tried next.</param>
/// <param name="SettledAt">When it was delivered or given up.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Tries">The last fifty tries, the latest first.</param>
public sealed record WebhookDeliveryDetails(
    Guid Id, Guid EventId, string Type, string State, int Attempts, int? LastStatus, DateTimeOffset OccurredAt, DateTimeOffset? DueAt, DateTimeOffset? SettledAt,
    JsonElement Body, IReadOnlyList<WebhookAttempt> Tries);

/// <summary>One try of a delivery.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Status">What it was answered; absent when there was no answer.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Response">The beginning of the answer's body.</param>
public sealed record WebhookAttempt(int Number, DateTimeOffset At, int DurationMs, int? Status, string? Error, string? Response);

/// <summary>Which deliveries to show.</summary>
public sealed record DeliveryQuery
{
    /// <summary><c>pending</c>, <c>delivered</c> or <c>failed</c>; all when absent.</summary>
    [AllowedValues(null, "pending", "delivered", "failed", ErrorMessage = "It must be pending, delivered or failed.")]
    public string? State { get; init; }
}

/// <summary>Sends again what happened within a time.</summary>
public sealed record ReplayDeliveriesRequest
{
    /// <summary>Events from this moment on; they are kept for 30 days.</summary>
    [Required]
    public DateTimeOffset? Since { get; init; }

    /// <summary>And before this one; until now when absent.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Also those that were delivered; otherwise only those that were given up.</summary>
    public bool IncludeDelivered { get; init; }
}

/// <summary>How many deliveries are sent again.</summary>
/// <param name="Count">At most 10 000 at once; ask again for the rest.</param>
public sealed record ReplayedDeliveries(int Count);
