using System.Collections.Frozen;
using NetVips;

namespace Renexus.Server.Features.Files.Pictures;

/// <summary>What became of a picture.</summary>
/// <param name="Width">Of the original, as it is to be looked at.</param>
internal sealed record DecodedPicture(int Width, int Height, IReadOnlyList<FilePicture> Pictures);

/// <summary>A picture is not what it should be, or larger than may be.</summary>
internal sealed class PictureRefusedException(string message) : Exception(message);

/// <summary>libvips is not there for this platform, or cannot be loaded.</summary>
internal sealed class PicturesUnavailableException(string message) : Exception(message);

/// <summary>
/// Makes smaller pictures of one that somebody uploaded (FI-4, docs/decisions/0015). It runs in a process of its own, which nothing of the server is in and which
/// <see cref="PictureLimits"/> bind: only <see cref="PictureProcess"/> starts it.
/// </summary>
internal static class PictureDecoder
{
    private const int Quality = 80;
    private const string Orientation = "orientation";
    private const string PageCount = "n-pages";

    // Names of libvips: what may read a file, and what it then says that it was read by.
    private static readonly FrozenDictionary<string, (string Class, string Loader)> Loaders = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["image/png"] = ("VipsForeignLoadPng", "pngload"),
        ["image/jpeg"] = ("VipsForeignLoadJpeg", "jpegload"),
        ["image/webp"] = ("VipsForeignLoadWebp", "webpload"),
        ["image/avif"] = ("VipsForeignLoadHeif", "heifload"),
        ["image/gif"] = ("VipsForeignLoadNsgif", "gifload"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="source">A file of this type; only that type's decoder is let near it.</param>
    /// <param name="folder">Where the pictures go, each called by its slot.</param>
    public static DecodedPicture Run(string source, string type, string folder, PictureLimits limits)
    {
        if (!ModuleInitializer.VipsInitialized)
            throw new PicturesUnavailableException(ModuleInitializer.Exception?.Message ?? "libvips could not be loaded.");
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Operation.Block("VipsForeignLoad", true);
        Operation.Block(Loaders[type].Class, false);
        try
        {
            return Make(source, type, folder, limits);
        }
        catch (VipsException e)
        {
            throw new PictureRefusedException(e.Message.ReplaceLineEndings(" ").Trim());
        }
    }

    private static DecodedPicture Make(string source, string type, string folder, PictureLimits limits)
    {
        using var original = Image.NewFromFile(source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        if (original.Get("vips-loader") is not string loader || !loader.StartsWith(Loaders[type].Loader, StringComparison.Ordinal))
            throw new PictureRefusedException($"It is not {type}.");
        if ((long)original.Width * original.Height > limits.Pixels)
            throw new PictureRefusedException($"It has {original.Width} by {original.Height} pixels, and {limits.Pixels} are decoded at most.");

        // From 5 on it is to be looked at lying on its side.
        var isTurned = original.Contains(Orientation) && (int)original.Get(Orientation) >= 5;
        var (width, height) = isTurned ? (original.Height, original.Width) : (original.Width, original.Height);
        var isMoving = original.Contains(PageCount) && (int)original.Get(PageCount) > 1;
        return new DecodedPicture(width, height, isMoving ? [] : MakeSmaller(source, new FileInfo(source).Length, width, folder));
    }

    // It is decoded once, for the largest, and the others are made of that.
    private static List<FilePicture> MakeSmaller(string source, long sourceBytes, int width, string folder)
    {
        using var largest = Image.Thumbnail(
            source, FilePicture.Slots[^1], height: FilePicture.Slots[^1] * FilePicture.Tallest, size: Enums.Size.Down, outputProfile: "srgb", failOn: Enums.FailOn.Error).CopyMemory();
        var made = new List<FilePicture>();
        foreach (var slot in FilePicture.Slots)
        {
            using var picture = largest.ThumbnailImage(slot, height: slot * FilePicture.Tallest, size: Enums.Size.Down);
            if (made.Count > 0 && made[^1].Width == picture.Width)
                break;
            // Nothing of where and by whom it was taken goes along.
            var path = Path.Combine(folder, FormattableString.Invariant($"{slot}"));
            using (var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                picture.WebpsaveStream(target, q: Quality, keep: Enums.ForeignKeep.None);
            var size = new FileInfo(path).Length;
            // As wide as the original and no smaller in bytes is no use.
            if (picture.Width == width && size >= sourceBytes)
                break;
            made.Add(new FilePicture(slot, picture.Width, picture.Height, size));
        }
        return made;
    }
}
