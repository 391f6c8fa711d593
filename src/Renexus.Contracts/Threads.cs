using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A thread of a workspace (TH-1). Named so because <c>Thread</c> belongs to the runtime.</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="WorkspaceId">The workspace it lives in.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Archived">Archived threads are read-only and leave the active list.</param>
/// <param name="Participants">Who takes part; null means everybody in the workspace.</param>
/// <param name="Version">Counts changes of the thread itself (title, archived, participants), not its messages; also its <c>ETag</c>.</param>
/// <param name="Head">The version of <c>thread:ID</c>, the channel that its messages take their versions from: subscribe from here.</param>
/// <param name="Unread">
/// How many messages of others the asking person has not read, of the newest 1 000 (TH-4); absent in announcements, which are for everybody.
/// </param>
/// <param name="Mentions">How many unread messages mention the asking person; absent in announcements.</param>
/// <param name="ReadTo">Up to which version of the channel the asking person has read; absent in announcements.</param>
/// <param name="FirstUnread">The version of the first message the asking person has not read; absent when there is none.</param>
/// <param name="LastMessageAt">When the newest message was sent; absent when nothing has been said.</param>
/// <param name="CreatedBy">Who made it; null when that person's account is gone.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ContentId">The content item whose comment it belongs to; absent for threads that stand in lists.</param>
public sealed record ThreadInfo(
    Guid Id,
    Guid WorkspaceId,
    string Title,
    bool Archived,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<Guid>? Participants,
    long Version,
    long Head,
    long? Unread,
    long? Mentions,
    long? ReadTo,
    long? FirstUnread,
    DateTimeOffset? LastMessageAt,
    Guid? CreatedBy,
    DateTimeOffset CreatedAt,
    Guid? ContentId = null);

/// <summary>Asks for a new thread (TH-1).</summary>
public sealed record CreateThreadRequest
{
    /// <summary>The id it shall have; the server makes one when absent. The same id again is the same thread.</summary>
    public Guid? Id { get; init; }

    /// <summary>1 to 200 characters.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>Who takes part, besides the maker; none means everybody in the workspace.</summary>
    [MaxLength(1000)]
    public IReadOnlyList<Guid>? Participants { get; init; }
}

/// <summary>Renames, archives or unarchives a thread; absent members stay as they are (TH-1).</summary>
public sealed record PatchThreadRequest
{
    /// <summary>1 to 200 characters.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>True archives, false brings back.</summary>
    public bool? Archived { get; init; }
}

/// <summary>Moves the asking person's read marker (TH-4): forward, unless asked to move back.</summary>
public sealed record MarkReadRequest
{
    /// <summary>The version of the newest message that was read.</summary>
    [Required, Range(0, long.MaxValue)]
    public long? Version { get; init; }

    /// <summary>Whether it may also move back, so that what came after the version is unread again.</summary>
    public bool? Back { get; init; }
}
