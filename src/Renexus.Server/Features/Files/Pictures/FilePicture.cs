using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Files.Pictures;

/// <summary>A smaller picture of a file, as it is kept beside it: WebP, whatever the file is (FI-4).</summary>
/// <param name="Slot">Which of <see cref="Slots"/>: how wide it is at most, and what it is called where it lies.</param>
/// <param name="Size">Bytes.</param>
internal sealed record FilePicture(int Slot, int Width, int Height, long Size)
{
    public const string Type = "image/webp";

    /// <summary>How wide the pictures are at most. One that was ever in use stays, so that its bytes are found when the file goes.</summary>
    public static readonly IReadOnlyList<int> Slots = [320, 960, 1920];

    private const int PosterSlot = 960;

    /// <summary>How many times higher than wide one may be: of a strip that is longer it is the height that counts, as WebP ends at 16 383.</summary>
    public const int Tallest = 4;

    /// <summary>What they are made of, and what it may be called by libvips. Vector graphics are not among them, nor what browsers do not show.</summary>
    public static bool IsMadeOf(string type) => type is "image/png" or "image/jpeg" or "image/webp" or "image/avif" or "image/gif";

    /// <summary>From its column; empty while there are none.</summary>
    public static IReadOnlyList<FilePicture> Read(string? pictures) =>
        pictures is null ? [] : JsonSerializer.Deserialize<FilePicture[]>(pictures, Json.Options)!;

    /// <summary>What may have a poster, a picture that came with it: then they are made of that.</summary>
    public static bool MayHavePoster(string type) => type.StartsWith("video/", StringComparison.Ordinal);

    /// <summary>As a reader gets them; null when there are none.</summary>
    /// <param name="url">That opens the file: whoever may read that may read these.</param>
    public static IReadOnlyList<PictureVariant>? Show(string? pictures, string type, string url) =>
        IsMadeOf(type) && Read(pictures) is { Count: > 0 } known ? [.. known.Select(picture => picture.In(url))] : null;

    /// <summary>Of a video: one that is wide enough for a player on a page.</summary>
    public static PictureVariant? ShowPoster(string? pictures, string type, string url) =>
        MayHavePoster(type) ? Read(pictures).LastOrDefault(picture => picture.Slot <= PosterSlot)?.In(url) : null;

    private PictureVariant In(string url) => new(Width, Height, Size, $"{url}?picture={Slot}");
}
