using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A message of a thread (TH-2).</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="ThreadId">The thread it was written to.</param>
/// <param name="AuthorId">Who wrote it; null when that person's account is gone.</param>
/// <param name="Body">Markdown, as written. A mention stands in it as <c>[@name](user:ID)</c>, see <see cref="Mention"/>.</param>
/// <param name="ReplyTo">The message it answers (TH-3).</param>
/// <param name="Attachments">Files that go with it; empty when none.</param>
/// <param name="Reactions">What people answered it with, by emoji; empty when none.</param>
/// <param name="Version">Its place: the version of <c>thread:ID</c> at its creation. It never changes.</param>
/// <param name="CreatedAt">When it was committed.</param>
/// <param name="EditedAt">When the body was last changed; null when it never was.</param>
public sealed record Message(
    Guid Id,
    Guid ThreadId,
    Guid? AuthorId,
    string Body,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? ReplyTo,
    IReadOnlyList<Attachment> Attachments,
    IReadOnlyList<ReactionGroup> Reactions,
    long Version,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? EditedAt);

/// <summary>A file that goes with a message (FI-3).</summary>
/// <param name="Id">The file.</param>
/// <param name="Name">Its name as uploaded.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Type">Its media type, as found in its content.</param>
/// <param name="Url">Signed and short-lived; load the message again for a fresh one.</param>
public sealed record Attachment(Guid Id, string Name, long Size, string Type, string Url)
{
    /// <inheritdoc cref="StoredFile.Width"/>
    public int? Width { get; init; }

    /// <inheritdoc cref="StoredFile.Height"/>
    public int? Height { get; init; }

    /// <inheritdoc cref="StoredFile.Variants"/>
    public IReadOnlyList<PictureVariant>? Variants { get; init; }

    /// <inheritdoc cref="StoredFile.Poster"/>
    public PictureVariant? Poster { get; init; }
}

/// <summary>Sends a message (TH-2); over a socket it is the <c>data</c> of a <c>create</c> of resource <c>message</c>.</summary>
public sealed record PostMessageRequest
{
    /// <summary>The id it shall have; the same id again is the same message. Over a socket the request's own id when absent.</summary>
    public Guid? Id { get; init; }

    /// <summary>Markdown. Its only limit is that of the whole message, 100 KB (GW-10). It may be empty where files go with it.</summary>
    [Required(AllowEmptyStrings = true)]
    public string? Body { get; init; }

    /// <summary>A message of the same thread that this one answers (TH-3).</summary>
    public Guid? ReplyTo { get; init; }

    /// <summary>Files, already uploaded and ready, that go with it.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Guid>? Attachments { get; init; }
}

/// <summary>Replaces the body of a message (TH-3).</summary>
public sealed record EditMessageRequest
{
    /// <summary>Markdown, limited as in <see cref="PostMessageRequest.Body"/>.</summary>
    [Required]
    public string? Body { get; init; }
}
