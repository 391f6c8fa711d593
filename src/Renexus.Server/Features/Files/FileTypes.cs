using System.Collections.Frozen;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Files;

/// <summary>
/// What a file is: by what it is said to be, by its name, and by its first bytes. The three must agree (FI-2). What has no form of its own, text mostly, is taken at
/// its word, and no browser ever shows it here.
/// </summary>
internal static class FileTypes
{
    /// <summary>How much of the beginning is looked at.</summary>
    public const int HeadBytes = 4096;

    public const string Unknown = "application/octet-stream";

    /// <summary>Programs, of any system.</summary>
    public const string Executable = "application/x-executable";

    private static readonly FrozenDictionary<string, FileForm> ByType =
        FileForm.All.SelectMany(form => form.Types.Select(type => (type, form))).ToFrozenDictionary(pair => pair.type, pair => pair.form, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FileForm> ByEnding =
        FileForm.All.SelectMany(form => form.Endings.Select(ending => (ending, form))).ToFrozenDictionary(pair => pair.ending, pair => pair.form, StringComparer.OrdinalIgnoreCase);

    /// <summary>Different names of one type.</summary>
    private static readonly FrozenDictionary<string, string> Usual = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["image/jpg"] = "image/jpeg",
        ["image/pjpeg"] = "image/jpeg",
        ["audio/mp3"] = "audio/mpeg",
        ["audio/x-wav"] = "audio/wav",
        ["audio/wave"] = "audio/wav",
        ["audio/vnd.wave"] = "audio/wav",
        ["audio/x-flac"] = "audio/flac",
        ["application/x-zip-compressed"] = "application/zip",
        ["application/x-gzip"] = "application/gzip",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a browser can be given to show: it runs nothing that is in them.</summary>
    private static readonly FrozenSet<string> Shown = FrozenSet.ToFrozenSet(
        [
            "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf", "audio/mpeg", "audio/wav", "audio/flac", "audio/ogg", "audio/webm", "audio/mp4",
            "audio/x-m4a", "audio/opus", "video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/x-m4v",
        ], StringComparer.Ordinal);

    /// <summary>Whether it may be shown where it lies; everything else is only ever saved as a file.</summary>
    public static bool IsShown(string type) => Shown.Contains(type);

    /// <summary>The type before anything has come: what is said, else what the name says.</summary>
    public static Outcome<string> Expect(string name, string said, StorageOptions options)
    {
        var type = Canonical(said);
        var form = FormOf(name);
        if (type == Unknown && form is not null)
            type = form.Types[0];
        if (form is not null && ByType.GetValueOrDefault(type) != form && type != Unknown)
            return Refusal($"A name that ends in .{EndingOf(name)} is not of {type}; correct one of the two.");
        return Permit(type, options);
    }

    /// <summary>The type after its first bytes were seen.</summary>
    /// <param name="expected">From <see cref="Expect"/>.</param>
    public static Outcome<string> Verify(string expected, ReadOnlySpan<byte> head, StorageOptions options)
    {
        var found = FormOf(head);
        if (found is not null && found.Types[0] == Executable && expected != Executable)
            return Refusal($"It is a program, and not {expected}.");
        if (ByType.GetValueOrDefault(expected) is { } form)
        {
            // Programs of text have no form.
            if (form != found && expected != Executable)
                return Refusal($"Its content is not {expected}{(found is null ? "" : $" but {found.Types[0]}")}.");
            return Permit(expected, options);
        }
        if (found is not null)
            return expected == Unknown ? Permit(found.Types[0], options) : Refusal($"Its content is not {expected} but {found.Types[0]}.");
        if (IsText(expected) && head.Contains((byte)0))
            return Refusal($"Its content is not {expected}: it is no text.");
        return Permit(expected, options);
    }

    /// <summary>What kind of picture begins so; null for all else.</summary>
    public static string? OfPicture(ReadOnlySpan<byte> head) => FormOf(head)?.Types[0] is { } type && FilePicture.IsMadeOf(type) ? type : null;

    private static FileForm? FormOf(ReadOnlySpan<byte> head)
    {
        foreach (var form in FileForm.All)
        {
            if (form.Matches(head))
                return form;
        }
        return null;
    }

    private static FileForm? FormOf(string name) => ByEnding.GetValueOrDefault(EndingOf(name));

    private static string EndingOf(string name) => Path.GetExtension(name.TrimEnd('.', ' ')).TrimStart('.');

    private static string Canonical(string said)
    {
        var type = said.Split(';')[0].Trim().ToLowerInvariant();
        return Usual.GetValueOrDefault(type, type);
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml" or "application/javascript" or "image/svg+xml";

    private static Outcome<string> Permit(string type, StorageOptions options) =>
        options.RefusedTypes.Any(pattern => Covers(pattern, type)) || (options.AllowedTypes.Count > 0 && !options.AllowedTypes.Any(pattern => Covers(pattern, type)))
            ? Refusal(ByType.GetValueOrDefault(type)?.Types[0] == Executable ? "Programs are not taken here." : $"Files of {type} are not taken here.")
            : type;

    private static bool Covers(string pattern, string type) => pattern.EndsWith("/*", StringComparison.Ordinal)
        ? type.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : string.Equals(pattern, type, StringComparison.Ordinal)
            // All programs go by one name.
            || (pattern == Executable && ByType.GetValueOrDefault(type)?.Types[0] == Executable);

    private static CodedProblem Refusal(string sentence) => new(ProblemCode.UnsupportedMediaType, sentence);
}
