using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A remark on a stretch of an item's text (CO-5). What is said stands in its thread, whose first message it was made with.</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="ContentId">The item.</param>
/// <param name="ThreadId">Where it is talked about: a thread like any other, that no list of threads has.</param>
/// <param name="CreatedBy">Who made it; null when that person's account is gone.</param>
/// <param name="Document">The version of the text that the places are of.</param>
/// <param name="From">Where the stretch begins, in UTF-16 units.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Quote">What stood there when the comment was made, at most 500 characters.</param>
/// <param name="Orphaned">Whether what it is about is gone; it then stands where that was.</param>
/// <param name="Resolved">Whether it is done.</param>
/// <param name="ResolvedBy">Who said that it is done; null while it is open.</param>
/// <param name="ResolvedAt">When.</param>
/// <param name="Version">Counts its changes; also its <c>ETag</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ContentComment(
    Guid Id,
    Guid ContentId,
    Guid ThreadId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? CreatedBy,
    long Document,
    int From,
    int To,
    string Quote,
    bool Orphaned,
    bool Resolved,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? ResolvedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? ResolvedAt,
    long Version,
    DateTimeOffset CreatedAt);

/// <summary>Comments on a stretch of a text (CO-5).</summary>
public sealed record CreateCommentRequest
{
    /// <summary>The id it shall have; the server makes one when absent. The same id again is the same comment.</summary>
    public Guid? Id { get; init; }

    /// <summary>The version of the text that the places are of.</summary>
    [Required, Range(0, long.MaxValue)]
    public long? Document { get; init; }

    /// <summary>Where the stretch begins, in UTF-16 units.</summary>
    [Required, Range(0, int.MaxValue)]
    public int? From { get; init; }

    /// <summary>Where it ends: after <c>from</c>.</summary>
    [Required, Range(1, int.MaxValue)]
    public int? To { get; init; }

    /// <summary>What is said, in Markdown: the first message of its thread.</summary>
    [Required]
    public string? Body { get; init; }
}

/// <summary>Says that a comment is done, or that it is not (CO-5).</summary>
public sealed record PatchCommentRequest
{
    /// <summary>Whether it is done.</summary>
    [Required]
    public bool? Resolved { get; init; }
}
