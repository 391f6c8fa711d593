using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>Operations that were made while there was no connection, in the order they were made (SY-2).</summary>
public sealed record SyncRequest
{
    /// <summary>The most operations of one request.</summary>
    public const int MostOperations = 500;

    /// <summary>1 to 500.</summary>
    [Required, MinLength(1), MaxLength(MostOperations)]
    public IReadOnlyList<SyncOperationRequest>? Operations { get; init; }
}

/// <summary>One operation (SY-1).</summary>
public sealed record SyncOperationRequest
{
    /// <summary>Made by the client: the same id again is the same operation, also after it went over a socket; remembered 30 days.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string? Id { get; init; }

    /// <summary><c>create</c>, <c>update</c> or <c>delete</c>.</summary>
    [Required, AllowedValues("create", "update", "delete")]
    public string? Type { get; init; }

    /// <summary>The kind of thing: <c>thread</c>, <c>message</c>, <c>reaction</c>, <c>readMarker</c>, <c>preferences</c>, <c>user</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string? Resource { get; init; }

    /// <summary>Which one; a create without takes the operation's id when that is a UUID.</summary>
    public Guid? ResourceId { get; init; }

    /// <summary>The version that the change was made on: the resource's own; of a message, the version of its thread's channel at which its text was known.</summary>
    [Range(0, long.MaxValue)]
    public long? Base { get; init; }

    /// <summary>What the operation of the REST interface takes; on create it names the parent (<c>workspaceId</c>, <c>threadId</c>).</summary>
    public JsonElement? Data { get; init; }

    /// <summary>When the client did it, in milliseconds. It informs and decides nothing.</summary>
    public long? Timestamp { get; init; }
}

/// <summary>What became of each operation, in the same order.</summary>
/// <param name="Results">One for each operation.</param>
public sealed record SyncResults(IReadOnlyList<SyncResult> Results);

/// <summary>What became of an operation.</summary>
/// <param name="Id">The operation's.</param>
/// <param name="Outcome">One of <see cref="SyncOutcomes"/>.</param>
/// <param name="ResourceId">Which thing it was about.</param>
/// <param name="Version">The version after it: the <c>base</c> of the next change.</param>
/// <param name="Data">The thing after it.</param>
/// <param name="Conflict">What could not be merged.</param>
/// <param name="Problem">Why it was rejected.</param>
public sealed record SyncResult(
    string Id,
    string Outcome,
    Guid? ResourceId = null,
    long? Version = null,
    JsonElement? Data = null,
    SyncConflict? Conflict = null,
    Problem? Problem = null);

/// <summary>Two changes that do not fit together (SY-3): shown to the person, whose resolution is a new operation on <paramref name="Version"/>.</summary>
/// <param name="Base">What both changes were made on; null when that is known no more.</param>
/// <param name="Mine">What the operation wanted; null when it wanted the thing gone.</param>
/// <param name="Theirs">What is there; null when it is gone.</param>
/// <param name="Version">The <c>base</c> of the resolution.</param>
public sealed record SyncConflict(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Base,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Mine,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Theirs,
    long Version);

/// <summary>The values of <see cref="SyncResult.Outcome"/>.</summary>
public static class SyncOutcomes
{
    /// <summary>Done as asked.</summary>
    public const string Applied = "applied";

    /// <summary>Done, together with what others had changed meanwhile: take the data.</summary>
    public const string Merged = "merged";

    /// <summary>Not done: see <see cref="SyncResult.Conflict"/>.</summary>
    public const string Conflict = "conflict";

    /// <summary>Not done: see <see cref="SyncResult.Problem"/>. When its code is one that passes, send the operation again.</summary>
    public const string Rejected = "rejected";
}

/// <summary>What happened on everything that somebody may see (SY-2).</summary>
/// <param name="Changes">In the order of each channel; apply each by the version rule of its channel.</param>
/// <param name="Cursor">Give it to the next request; keep it with what was applied.</param>
/// <param name="Complete">False when there is more: ask again at once.</param>
/// <param name="Channels">States to take in place of what is held of these channels.</param>
/// <param name="Lost">Channels that the person may see no more, with everything that belongs to them: drop what is held of them.</param>
/// <param name="Snapshot">True when everything that is held is to be dropped: <paramref name="Channels"/> bring it anew.</param>
public sealed record SyncChanges(
    IReadOnlyList<SyncChange> Changes,
    string Cursor,
    bool Complete,
    IReadOnlyList<SyncChannel>? Channels = null,
    IReadOnlyList<string>? Lost = null,
    bool? Snapshot = null);

/// <summary>A change, as the channel announced it.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="V">Its version.</param>
/// <param name="E">The epoch of the version.</param>
/// <param name="Op"><c>create</c>, <c>update</c> or <c>delete</c>.</param>
/// <param name="Resource">The kind of thing.</param>
/// <param name="ResourceId">Which one.</param>
/// <param name="Data">The thing after the change; of a deletion what is left of it.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Cause">The writer's id for it.</param>
public sealed record SyncChange(
    string Channel, long V, string E, string Op, string Resource, Guid ResourceId, JsonElement Data, Guid? Actor = null, string? Cause = null);

/// <summary>A channel's state.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="V">The version it is true for.</param>
/// <param name="E">The epoch of the version.</param>
/// <param name="State">As a snapshot over a socket.</param>
public sealed record SyncChannel(string Channel, long V, string E, JsonElement State);
