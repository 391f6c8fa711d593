using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>What one person has begun to write in a thread and not sent, the same on all devices of that person (TH-2).</summary>
/// <param name="ThreadId">Where it would be sent.</param>
/// <param name="Body">Markdown, as written; empty when there is nothing.</param>
/// <param name="ReplyTo">The message it would answer.</param>
/// <param name="Version">Goes up by one with every change, also when it is emptied; 0 when nothing was ever written.</param>
/// <param name="UpdatedAt">When it was last changed; null when it never was.</param>
public sealed record Draft(
    Guid ThreadId,
    string Body,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? ReplyTo,
    long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? UpdatedAt);

/// <summary>Replaces a draft. Whoever says which version it is based on (<c>If-Match</c>) does not write over another device's.</summary>
public sealed record PutDraftRequest
{
    /// <summary>Markdown, at most as long as a message may be (GW-10); empty when the draft was sent or thrown away.</summary>
    [Required(AllowEmptyStrings = true)]
    public string? Body { get; init; }

    /// <summary>The message it would answer.</summary>
    public Guid? ReplyTo { get; init; }
}
