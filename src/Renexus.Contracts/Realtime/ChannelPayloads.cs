using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Contracts.Realtime;

/// <summary>Payload of <c>subscribe</c> on any channel but <c>$session</c>.</summary>
public sealed record SubscribePayload
{
    /// <summary>The last version applied; absent to begin live.</summary>
    public long? V { get; init; }

    /// <summary>The epoch of <see cref="V"/>.</summary>
    public string? E { get; init; }

    /// <summary>Whether to be told who is present, and to be seen there.</summary>
    public bool? Presence { get; init; }
}

/// <summary>The answer to a subscription, an <c>update</c> with <c>re</c>, <c>v</c> and <c>e</c>.</summary>
/// <param name="Op"><see cref="Ops.Subscribed"/>.</param>
/// <param name="Mode">One of <see cref="SubscriptionModes"/>.</param>
/// <param name="From">The version the client was found at.</param>
/// <param name="To">The version the channel is at; what is missed lies between the two.</param>
public sealed record SubscribedPayload(string Op, string Mode, long From, long To);

/// <summary>How a subscription begins.</summary>
public static class SubscriptionModes
{
    /// <summary>Nothing was missed, or nothing was asked for: updates follow as they happen.</summary>
    public const string Live = "live";

    /// <summary>Every missed update follows in order, then those that happen.</summary>
    public const string Delta = "delta";

    /// <summary>Too much or too long ago: <see cref="Ops.Snapshot"/> follows; drop what you hold.</summary>
    public const string Snapshot = "snapshot";
}

/// <summary>A state that replaces whatever the client holds of the channel.</summary>
/// <param name="Op"><see cref="Ops.Snapshot"/>.</param>
/// <param name="State">What the channel is about, in a form of its own.</param>
public sealed record SnapshotPayload(string Op, JsonElement? State = null);

/// <summary>A write by a client: <c>update</c> with an <c>id</c> on the channel it is about.</summary>
/// <param name="Op"><see cref="Ops.Create"/>, <see cref="Ops.Update"/> or <see cref="Ops.Delete"/>.</param>
/// <param name="Resource">The kind of thing, such as <c>message</c>.</param>
/// <param name="ResourceId">Which one; absent on create means: the request's <c>id</c>.</param>
/// <param name="Base">The resource's version that the change was made on.</param>
/// <param name="Data">The resource's new members.</param>
public sealed record WritePayload(string Op, string Resource, Guid? ResourceId = null, long? Base = null, JsonElement? Data = null);

/// <summary>A write is committed: <c>update</c> with <c>re</c> and <c>v</c> (TH-2).</summary>
/// <param name="Op"><see cref="Ops.Ack"/>.</param>
/// <param name="Resource">The kind of thing.</param>
/// <param name="ResourceId">Which one.</param>
/// <param name="Data">The resource as committed.</param>
/// <param name="Document">Of a push: the document's version after it.</param>
public sealed record AckPayload(string Op, string Resource, Guid ResourceId, JsonElement? Data, long? Document = null);

/// <summary>A committed change, announced to everybody on the channel with its <c>v</c> (RT-5).</summary>
/// <param name="Op"><see cref="Ops.Create"/>, <see cref="Ops.Update"/> or <see cref="Ops.Delete"/>.</param>
/// <param name="Resource">The kind of thing.</param>
/// <param name="ResourceId">Which one.</param>
/// <param name="Data">The resource after the change; of a deletion what is left of it.</param>
/// <param name="Actor">Who did it; null when the system did.</param>
/// <param name="Cause">The writer's <c>id</c>, when the write had one.</param>
public sealed record ChangePayload(
    string Op,
    string Resource,
    Guid ResourceId,
    JsonElement Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? Actor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Cause);

/// <summary>Payload of <c>error</c>: the request named by <c>re</c> had no effect.</summary>
/// <param name="Code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="Message">One sentence, for people.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
/// <param name="RetryAfter">Seconds to wait first.</param>
/// <param name="Errors">For <see cref="ProblemCodes.ValidationFailed"/>: sentences by JSON field.</param>
public sealed record ErrorPayload(
    string Code,
    string Message,
    bool Retryable,
    double? RetryAfter = null,
    IReadOnlyDictionary<string, string[]>? Errors = null);

/// <summary>Who is present on a channel (TH-4): first a state, then whoever comes and goes. Ephemeral: no <c>v</c>, not kept.</summary>
/// <param name="Op"><see cref="Ops.Presence"/>.</param>
/// <param name="State">Everybody who is here; it replaces what was known.</param>
/// <param name="Join">Who has come since.</param>
/// <param name="Leave">Who has gone since.</param>
public sealed record PresencePayload(
    string Op, IReadOnlyList<PresentUser>? State = null, IReadOnlyList<PresentUser>? Join = null, IReadOnlyList<PresentUser>? Leave = null);

/// <summary>Somebody who is, or was, present.</summary>
/// <param name="UserId">Who.</param>
/// <param name="LastActiveAt">Of somebody who has gone: when.</param>
public sealed record PresentUser(Guid UserId, DateTimeOffset? LastActiveAt = null);

/// <summary>Somebody is typing (TH-4). Ephemeral.</summary>
/// <param name="Op"><see cref="Ops.Typing"/>.</param>
/// <param name="UserId">Who; not sent by clients.</param>
/// <param name="ExpiresIn">Seconds after which it is over, if it is not said again.</param>
public sealed record TypingPayload(string Op, Guid? UserId = null, int? ExpiresIn = null);

/// <summary>Where somebody's cursor stands in a document (CO-2). Ephemeral.</summary>
/// <param name="Op"><see cref="Ops.Cursor"/>.</param>
/// <param name="At">The version of the document that the places are of.</param>
/// <param name="Anchor">Where the selection begins, in UTF-16 units; where the cursor is when nothing is selected.</param>
/// <param name="Head">Where the selection ends, and the cursor is.</param>
/// <param name="ClientID">The editor that it is in, as in pushes; a person may have several.</param>
/// <param name="UserId">Who; not sent by clients.</param>
public sealed record CursorPayload(string Op, long? At, long? Anchor, long? Head, [StringLength(100)] string? ClientID = null, Guid? UserId = null);
