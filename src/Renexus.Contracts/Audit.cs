using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Renexus.Contracts;

/// <summary>An entry of the audit trail (SE-4): who did what, when and from where.</summary>
/// <param name="Id">Later entries have greater ones.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Actor">Who did it; absent when nobody was signed in, or the system did.</param>
/// <param name="Action">What was done: <c>member.added</c>.</param>
/// <param name="Resource">The kind of thing it was done to.</param>
/// <param name="ResourceId">Which one.</param>
/// <param name="WorkspaceId">The workspace it happened in; absent for what concerns a person or the installation.</param>
/// <param name="Before">What changed, as it was.</param>
/// <param name="After">What changed, as it is.</param>
/// <param name="Address">The network address it came from. Erased with the actor's account.</param>
/// <param name="Device">The device it came from. Erased with the actor's account.</param>
/// <param name="CorrelationId">Under which the request is found in logs and answers.</param>
/// <param name="Sequence">Its place in the chain; absent for the first seconds.</param>
public sealed record AuditRecord(
    Guid Id,
    DateTimeOffset At,
    AuditActor? Actor,
    string Action,
    string Resource,
    Guid? ResourceId,
    Guid? WorkspaceId,
    JsonElement? Before,
    JsonElement? After,
    string? Address,
    string? Device,
    string? CorrelationId,
    long? Sequence);

/// <summary>Who did it.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">As it is today; absent when the account is gone.</param>
public sealed record AuditActor(Guid Id, string? Name);

/// <summary>Which entries are asked for; what is absent does not restrict.</summary>
public sealed record AuditQuery
{
    /// <summary>Who did it.</summary>
    public Guid? Actor { get; init; }

    /// <summary>What was done: <c>member.added</c>.</summary>
    [StringLength(100)]
    public string? Action { get; init; }

    /// <summary>The kind of thing it was done to.</summary>
    [StringLength(100)]
    public string? Resource { get; init; }

    /// <summary>What it was done to.</summary>
    public Guid? ResourceId { get; init; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>How a trail is exported.</summary>
public sealed record AuditExportQuery
{
    /// <summary><c>csv</c> (the default) or <c>jsonl</c>.</summary>
    [AllowedValues(null, "csv", "jsonl")]
    public string? Format { get; init; }
}

/// <summary>How far the trail is sealed and signed (SE-4).</summary>
/// <param name="Chains">One for each workspace, and one for the installation.</param>
/// <param name="Entries">Those that have their place in a chain.</param>
/// <param name="Waiting">Those that wait for their place; more than a few for more than seconds is a fault. Counted up to 10 000.</param>
/// <param name="Unsigned">Those after the last checkpoints of their chains.</param>
/// <param name="Checkpoints">Chains that have one.</param>
/// <param name="LastCheckpointAt">When the newest was signed.</param>
/// <param name="KeyFingerprint">The key that signs here: the beginning of the SHA-256 of its public half.</param>
/// <param name="Findings">Where the newest checkpoint of a chain does not fit; at most 100. Nothing here means that the ends fit: <c>audit verify</c> reads every entry.</param>
public sealed record AuditProofState(
    long Chains,
    long Entries,
    long Waiting,
    long Unsigned,
    long Checkpoints,
    DateTimeOffset? LastCheckpointAt,
    string KeyFingerprint,
    IReadOnlyList<AuditProofFinding> Findings);

/// <summary>A checkpoint that does not fit.</summary>
/// <param name="Chain">The workspace; all zeros for the installation.</param>
/// <param name="Sequence">The place that the checkpoint saw.</param>
/// <param name="Message">What is wrong.</param>
public sealed record AuditProofFinding(Guid Chain, long Sequence, string Message);
