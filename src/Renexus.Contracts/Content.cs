using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>What an item is meant to become (CO-1).</summary>
public static class ContentKinds
{
    /// <summary>A short text for social networks.</summary>
    public const string Post = "post";

    /// <summary>A longer text.</summary>
    public const string Article = "article";

    /// <summary>A video with its description.</summary>
    public const string Video = "video";
}

/// <summary>How far an item has come (CO-1).</summary>
public static class ContentStatuses
{
    /// <summary>Is being written.</summary>
    public const string Draft = "draft";

    /// <summary>Waits for somebody who may approve.</summary>
    public const string InReview = "in_review";

    /// <summary>Exactly this content was approved. Any change of it makes it a draft again.</summary>
    public const string Approved = "approved";

    /// <summary>Goes out at a set time.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>Went out.</summary>
    public const string Published = "published";

    /// <summary>Did not go out.</summary>
    public const string Failed = "failed";
}

/// <summary>A content item (CO-1): a document that a team writes together, with its review.</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="WorkspaceId">The workspace it lives in.</param>
/// <param name="Kind"><c>post</c>, <c>article</c> or <c>video</c>.</param>
/// <param name="Status"><c>draft</c>, <c>in_review</c>, <c>approved</c>, <c>scheduled</c>, <c>published</c> or <c>failed</c>.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Excerpt">The beginning of the body without its marks, at most 200 characters. While people write it follows some seconds behind.</param>
/// <param name="Labels">In the order given; empty when none.</param>
/// <param name="AssigneeId">Whose task it is; null when nobody's.</param>
/// <param name="Media">Files that go with it; empty when none.</param>
/// <param name="Variants">Texts for platforms that take another than the body; empty when none.</param>
/// <param name="PlannedAt">When it is meant to go out; a plan, not a schedule. Null when nobody said.</param>
/// <param name="ThreadId">The thread in which it is talked about; null when none was chosen.</param>
/// <param name="Version">Counts every change of the item, its text included; also its <c>ETag</c>. Revision n is the item at version n.</param>
/// <param name="Document">The version of its text alone: how many updates were accepted. <paramref name="Body"/> is the text at this version.</param>
/// <param name="Head">The version of <c>content:ID</c>: subscribe from here.</param>
/// <param name="Approval">Who approved exactly this content; null when nobody did.</param>
/// <param name="CreatedBy">Who made it; null when that person's account is gone.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Body">Markdown; absent in lists and announcements.</param>
/// <param name="Hash">Names kind, title, body, variants and media exactly: what an approval is bound to. Absent in lists.</param>
/// <param name="DeletedAt">When it was put into the trash; absent while it is not there.</param>
public sealed record ContentItem(
    Guid Id,
    Guid WorkspaceId,
    string Kind,
    string Status,
    string Title,
    string Excerpt,
    IReadOnlyList<string> Labels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? AssigneeId,
    IReadOnlyList<ContentMedia> Media,
    IReadOnlyList<ContentVariant> Variants,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? PlannedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? ThreadId,
    long Version,
    long Document,
    long Head,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ContentApproval? Approval,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? Body = null,
    string? Hash = null,
    DateTimeOffset? DeletedAt = null);

/// <summary>A file that goes with an item.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Alt">What it shows, for who cannot see it; at most 1 000 characters.</param>
public sealed record ContentMedia([Required] Guid? FileId, [StringLength(1000)] string? Alt = null);

/// <summary>The text for one platform, in place of the body.</summary>
/// <param name="Platform">Its name in lower case, as in <c>linkedin</c>.</param>
/// <param name="Text">Markdown, at most 20 000 characters.</param>
public sealed record ContentVariant(
    [Required, RegularExpression("^[a-z0-9_-]{1,40}$", ErrorMessage = "It must be the name of a platform in lower case, at most 40 characters.")] string? Platform,
    [Required(AllowEmptyStrings = true), StringLength(20_000)] string? Text);

/// <summary>Who approved an item as it is.</summary>
/// <param name="By">Who; null when that person's account is gone.</param>
/// <param name="At">When.</param>
public sealed record ContentApproval([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? By, DateTimeOffset At);

/// <summary>Asks for a new item (CO-1); over a socket it is the <c>data</c> of a <c>create</c> of resource <c>content</c> on <c>workspace:ID</c>.</summary>
public sealed record CreateContentRequest
{
    /// <summary>The id it shall have; the server makes one when absent. The same id again is the same item.</summary>
    public Guid? Id { get; init; }

    /// <summary><c>post</c>, <c>article</c> or <c>video</c>.</summary>
    [Required, AllowedValues(ContentKinds.Post, ContentKinds.Article, ContentKinds.Video, ErrorMessage = "It must be post, article or video.")]
    public string? Kind { get; init; }

    /// <summary>1 to 200 characters on one line.</summary>
    [Required, StringLength(200), SingleLine]
    public string? Title { get; init; }

    /// <summary>Markdown; empty when absent. Line breaks become <c>\n</c>.</summary>
    public string? Body { get; init; }

    /// <summary>At most 20, each of 1 to 50 characters on one line.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Whose task it is: a member of the workspace.</summary>
    public Guid? AssigneeId { get; init; }

    /// <summary>Files that go with it.</summary>
    [MaxLength(20)]
    public IReadOnlyList<ContentMedia>? Media { get; init; }

    /// <summary>Texts for platforms, one for each.</summary>
    [MaxLength(20)]
    public IReadOnlyList<ContentVariant>? Variants { get; init; }

    /// <summary>When it is meant to go out.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>A thread of the workspace that everybody in it sees.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary><c>draft</c>, also when absent, or <c>in_review</c>.</summary>
    [AllowedValues(null, ContentStatuses.Draft, ContentStatuses.InReview, ErrorMessage = "It must be draft or in_review.")]
    public string? Status { get; init; }
}

/// <summary>Changes an item; absent members stay as they are. What changes nothing is no version.</summary>
public sealed record PatchContentRequest
{
    /// <summary><c>post</c>, <c>article</c> or <c>video</c>.</summary>
    [AllowedValues(null, ContentKinds.Post, ContentKinds.Article, ContentKinds.Video, ErrorMessage = "It must be post, article or video.")]
    public string? Kind { get; init; }

    /// <summary>1 to 200 characters on one line.</summary>
    [StringLength(200, MinimumLength = 1), SingleLine]
    public string? Title { get; init; }

    /// <summary>The whole text; who writes in it at this moment gets the difference as an update.</summary>
    public string? Body { get; init; }

    /// <summary>All of them, in place of those there are.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>A member of the workspace; null takes the task away.</summary>
    [JsonConverter(typeof(OptionalConverter<Guid>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<Guid> AssigneeId { get; init; }

    /// <summary>All of them, in place of those there are.</summary>
    [MaxLength(20)]
    public IReadOnlyList<ContentMedia>? Media { get; init; }

    /// <summary>All of them, in place of those there are.</summary>
    [MaxLength(20)]
    public IReadOnlyList<ContentVariant>? Variants { get; init; }

    /// <summary>When it is meant to go out; null takes the plan away.</summary>
    [JsonConverter(typeof(OptionalConverter<DateTimeOffset>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<DateTimeOffset> PlannedAt { get; init; }

    /// <summary>A thread of the workspace that everybody in it sees; null takes the link away.</summary>
    [JsonConverter(typeof(OptionalConverter<Guid>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<Guid> ThreadId { get; init; }

    /// <summary>
    /// <c>draft</c>, <c>in_review</c> or <c>approved</c>, which goes alone, from review, and with <c>hash</c> or <c>If-Match</c>: only what was
    /// read can be approved.
    /// </summary>
    [AllowedValues(null, ContentStatuses.Draft, ContentStatuses.InReview, ContentStatuses.Approved, ErrorMessage = "It must be draft, in_review or approved.")]
    public string? Status { get; init; }

    /// <summary>The <c>hash</c> of the item that is approved.</summary>
    [StringLength(64)]
    public string? Hash { get; init; }
}

/// <summary>A step of an item's history (CO-4): one change, or one person's changes at one sitting.</summary>
/// <param name="N">Its number: the item's version after it.</param>
/// <param name="From">The number of its first change, in a list by sitting.</param>
/// <param name="AuthorId">Who did it; null when that person's account is gone.</param>
/// <param name="CreatedAt">When, at last.</param>
/// <param name="Document">The text's version after it.</param>
/// <param name="Changed">What changed: <c>body</c>, <c>title</c>, <c>status</c> …; <c>created</c>, <c>trashed</c> and <c>restored</c> too.</param>
public sealed record ContentRevision(
    long N,
    long? From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? AuthorId,
    DateTimeOffset CreatedAt,
    long Document,
    IReadOnlyList<string> Changed);

/// <summary>Who wrote what of a text (CO-4).</summary>
/// <param name="Document">The version of the text.</param>
/// <param name="Spans">From the text's start to its end.</param>
public sealed record ContentAuthorship(long Document, IReadOnlyList<AuthoredSpan> Spans);

/// <summary>A stretch of a text that one person wrote.</summary>
/// <param name="Length">In UTF-16 units.</param>
/// <param name="AuthorId">Who; null when that person's account is gone.</param>
/// <param name="N">The revision in which it was written, the last of them when it was several.</param>
public sealed record AuthoredSpan(int Length, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? AuthorId, long N);

/// <summary>An item as it was after a revision.</summary>
/// <param name="N">The revision: the item's version then.</param>
/// <param name="AuthorId">Who made the revision; null when that person's account is gone.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Document">The text's version then.</param>
/// <param name="Changed">What that revision changed.</param>
/// <param name="Kind"><c>post</c>, <c>article</c> or <c>video</c>.</param>
/// <param name="Status"><c>draft</c>, <c>in_review</c>, <c>approved</c>, <c>scheduled</c>, <c>published</c> or <c>failed</c>.</param>
/// <param name="Title">The title.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Labels">The labels.</param>
/// <param name="AssigneeId">Whose task it was.</param>
/// <param name="Media">Files that went with it.</param>
/// <param name="Variants">Texts for platforms.</param>
/// <param name="PlannedAt">When it was meant to go out.</param>
public sealed record ContentRevisionDetails(
    long N,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? AuthorId,
    DateTimeOffset CreatedAt,
    long Document,
    IReadOnlyList<string> Changed,
    string Kind,
    string Status,
    string Title,
    string Body,
    IReadOnlyList<string> Labels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? AssigneeId,
    IReadOnlyList<ContentMedia> Media,
    IReadOnlyList<ContentVariant> Variants,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? PlannedAt);

/// <summary>Makes an item of a file of Markdown (CO-1).</summary>
public sealed record ImportContentRequest
{
    /// <summary>The id it shall have; the server makes one when absent. The same id again is the same item.</summary>
    public Guid? Id { get; init; }

    /// <summary>Of the file: the title, when the text says none.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>All of the file: Markdown, with or without front matter (<c>title</c>, <c>kind</c>, <c>labels</c> or <c>tags</c>, <c>plannedAt</c>).</summary>
    [Required]
    public string? Markdown { get; init; }
}
