namespace Renexus.Server.Features.Files;

/// <summary>The forms of files that can be told by their first bytes, and what each may be called: as media type, and by the ending of its name.</summary>
internal sealed record FileForm(string[] Types, string[] Endings, FileForm.Test Matches)
{
    internal delegate bool Test(ReadOnlySpan<byte> head);

    private const string Office = "application/vnd.openxmlformats-officedocument";
    private const string OpenDocument = "application/vnd.oasis.opendocument";

    /// <summary>From the more to the less special; of each, the first type is what it is called when nobody says.</summary>
    public static readonly IReadOnlyList<FileForm> All =
    [
        new(["image/png"], ["png"], static head => head.StartsWith((byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])),
        new(["image/jpeg", "image/jpg", "image/pjpeg"], ["jpg", "jpeg", "jpe", "jfif"], static head => head.StartsWith((byte[])[0xFF, 0xD8, 0xFF])),
        new(["image/gif"], ["gif"], static head => head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)),
        new(["image/webp"], ["webp"], static head => IsRiff(head, "WEBP"u8)),
        new(["image/avif"], ["avif"], static head => HasBrand(head, "avif"u8) || HasBrand(head, "avis"u8)),
        new(["image/heic", "image/heif"], ["heic", "heif"], static head => HasBrand(head, "heic"u8) || HasBrand(head, "heix"u8) || HasBrand(head, "mif1"u8)),
        new(["image/tiff"], ["tif", "tiff"], static head => head.StartsWith((byte[])[0x49, 0x49, 0x2A, 0]) || head.StartsWith((byte[])[0x4D, 0x4D, 0, 0x2A])),
        new(["application/pdf"], ["pdf"], static head => head.StartsWith("%PDF-"u8)),
        new(["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"], ["wav"], static head => IsRiff(head, "WAVE"u8)),
        new(["video/x-msvideo", "video/avi"], ["avi"], static head => IsRiff(head, "AVI "u8)),
        new(["audio/flac", "audio/x-flac"], ["flac"], static head => head.StartsWith("fLaC"u8)),
        new(["audio/ogg", "video/ogg", "application/ogg", "audio/opus"], ["ogg", "oga", "ogv", "opus"], static head => head.StartsWith("OggS"u8)),
        new(["video/webm", "audio/webm", "video/x-matroska", "audio/x-matroska"], ["webm", "mkv", "mka"], static head => head.StartsWith((byte[])[0x1A, 0x45, 0xDF, 0xA3])),
        new(["video/mp4", "video/quicktime", "audio/mp4", "audio/x-m4a", "video/x-m4v", "video/3gpp"], ["mp4", "mov", "m4a", "m4v", "3gp"],
            static head => head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)),
        new(
            [
                "application/zip", "application/x-zip-compressed", "application/epub+zip",
                $"{Office}.wordprocessingml.document", $"{Office}.spreadsheetml.sheet", $"{Office}.presentationml.presentation",
                $"{OpenDocument}.text", $"{OpenDocument}.spreadsheet", $"{OpenDocument}.presentation", $"{OpenDocument}.graphics",
            ],
            ["zip", "epub", "docx", "xlsx", "pptx", "odt", "ods", "odp", "odg"],
            static head => head.StartsWith((byte[])[0x50, 0x4B, 3, 4]) || head.StartsWith((byte[])[0x50, 0x4B, 5, 6])),
        new(
            ["application/x-ole-storage", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook"], ["doc", "xls", "ppt", "msg"],
            static head => head.StartsWith((byte[])[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])),
        new(["application/gzip", "application/x-gzip"], ["gz", "tgz"], static head => head.StartsWith((byte[])[0x1F, 0x8B, 8])),
        new(["application/x-7z-compressed"], ["7z"], static head => head.StartsWith((byte[])[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])),
        new(["application/vnd.rar", "application/x-rar-compressed"], ["rar"], static head => head.StartsWith((byte[])[0x52, 0x61, 0x72, 0x21, 0x1A, 7])),
        new(["application/x-xz"], ["xz"], static head => head.StartsWith((byte[])[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])),
        new(
            [FileTypes.Executable, "application/x-msdownload", "application/vnd.microsoft.portable-executable", "application/x-dosexec", "application/x-elf", "application/x-mach-binary"],
            ["exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "jse", "wsf", "hta", "lnk", "pif", "cpl", "sys"], IsProgram),
        new(["audio/mpeg", "audio/mp3"], ["mp3"], static head => head.StartsWith("ID3"u8) || (head.Length > 2 && head[0] == 0xFF && (head[1] & 0xE6) == 0xE2)),
    ];

    private static bool IsRiff(ReadOnlySpan<byte> head, ReadOnlySpan<byte> kind) => head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..12].SequenceEqual(kind);

    private static bool HasBrand(ReadOnlySpan<byte> head, ReadOnlySpan<byte> brand) => head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8) && head[8..12].SequenceEqual(brand);

    // Windows (MZ with the header that it leads to), ELF, Mach-O in both orders, for one or several processors.
    private static bool IsProgram(ReadOnlySpan<byte> head) =>
        (head.Length > 64 && head.StartsWith("MZ"u8)) || head.StartsWith((byte[])[0x7F, 0x45, 0x4C, 0x46])
        || head.StartsWith((byte[])[0xFE, 0xED, 0xFA, 0xCE]) || head.StartsWith((byte[])[0xFE, 0xED, 0xFA, 0xCF])
        || head.StartsWith((byte[])[0xCE, 0xFA, 0xED, 0xFE]) || head.StartsWith((byte[])[0xCF, 0xFA, 0xED, 0xFE]) || head.StartsWith((byte[])[0xCA, 0xFE, 0xBA, 0xBE]);
}
