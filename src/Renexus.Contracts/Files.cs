using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A file of a workspace (FI-1).</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="WorkspaceId">Of which workspace.</param>
/// <param name="Name">Its name, as it came.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Type">Its media type: as it was said while it is <c>pending</c>, as its content has it once it is <c>ready</c>.</param>
/// <param name="Status"><c>pending</c> while its bytes are on their way, <c>ready</c> once they were checked.</param>
/// <param name="CreatedBy">Who uploaded it; null when that person's account is gone.</param>
/// <param name="CreatedAt">When its place was reserved.</param>
public sealed record StoredFile(
    Guid Id,
    Guid WorkspaceId,
    string Name,
    long Size,
    string Type,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? CreatedBy,
    DateTimeOffset CreatedAt)
{
    /// <summary>The thread it belongs to: whoever does not see that does not see the file. Absent: everybody in the workspace sees it.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The SHA-256 of its content, in hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of a picture, once the server has looked at it: pixels from left to right, as it is to be looked at. Of a video, its poster's.</summary>
    public int? Width { get; init; }

    /// <summary>The same from top to bottom.</summary>
    public int? Height { get; init; }

    /// <summary>Smaller pictures of a picture, from the smallest on, made in the background once it is <c>ready</c> (FI-4). Absent: there are none, or none yet.</summary>
    public IReadOnlyList<PictureVariant>? Variants { get; init; }

    /// <summary>Of a video: a picture to show until it is played. Absent: whoever uploaded it sent none (<see cref="FileUpload.PosterUrl"/>), or it was not looked at yet.</summary>
    public PictureVariant? Poster { get; init; }

    /// <summary>Where it can be read for a few minutes, without signing in: it is a secret. Where it is not meant to be shown in a browser, it is a download.</summary>
    public string? Url { get; init; }

    /// <summary>The same to save it, whatever it is.</summary>
    public string? DownloadUrl { get; init; }

    /// <summary>Until when these addresses are good.</summary>
    public DateTimeOffset? UrlExpiresAt { get; init; }

    /// <summary>How its bytes are to be sent, while it is <c>pending</c>; for whoever began it.</summary>
    public FileUpload? Upload { get; init; }
}

/// <summary>A smaller picture of one that was uploaded (FI-4): WebP, never larger than that, without what its file said of where and when it was taken.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Url">Where it can be read, as long as the file's own address is good; it is a secret.</param>
public sealed record PictureVariant(int Width, int Height, long Size, string Url);

/// <summary>How the bytes of a file are sent: all of them in one request, or in parts, of which those that arrived stay (FI-1).</summary>
/// <param name="Method">Of the request: <c>PUT</c>.</param>
/// <param name="Url">Where to. It holds its own permission and takes no other; it is a secret.</param>
/// <param name="Headers">To be sent along, as they are.</param>
/// <param name="ExpiresAt">Until when: what is not complete by then is removed.</param>
public sealed record FileUpload(string Method, string Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt)
{
    /// <summary>Of a video: where a picture of it may be sent in the same way, before it is complete: PNG, JPEG, WebP, AVIF or GIF of at most 2 MB (FI-4). Absent for all else.</summary>
    public string? PosterUrl { get; init; }

    /// <summary>The same bytes in parts, each sent in the same way to an address of its own; absent where one request is enough.</summary>
    public IReadOnlyList<FileUploadPart>? Parts { get; init; }
}

/// <summary>A part of a file's bytes.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Size">How many bytes it has.</param>
/// <param name="Url">Where to send them.</param>
/// <param name="IsDone">It has arrived and is kept.</param>
public sealed record FileUploadPart(int Number, long Offset, long Size, string Url, bool IsDone);

/// <summary>Reserves a place for a file (FI-2). As <c>multipart/form-data</c>, the same names beside a part <c>file</c> upload a small one at once.</summary>
public sealed record CreateFileRequest
{
    /// <summary>The id it shall have; the same id again is the same file.</summary>
    public Guid? Id { get; init; }

    /// <summary>A name as people see it, not a path.</summary>
    [Required, SingleLine, StringLength(255), FileName]
    public string? Name { get; init; }

    /// <summary>Bytes; exactly so many are then taken.</summary>
    [Required, Range(0, long.MaxValue)]
    public long? Size { get; init; }

    /// <summary>Media type, as in <c>image/png</c>. Its content must be that.</summary>
    [Required, StringLength(127), MediaType]
    public string? Type { get; init; }

    /// <summary>The SHA-256 of its content, in hex; what arrives must then have it.</summary>
    [RegularExpression("[0-9a-fA-F]{64}", ErrorMessage = "{0} must be 64 hexadecimal digits.")]
    public string? Sha256 { get; init; }

    /// <summary>The thread it is for: whoever does not see that does not see the file.</summary>
    public Guid? ThreadId { get; init; }
}
