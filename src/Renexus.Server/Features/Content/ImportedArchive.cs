using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>
/// An archive that somebody sends (docs/spec/content.md, CN12): one file of Markdown and what it refers to. It is looked at before anything of it is unpacked, because
/// archives lie: about how much is in them, how often, and where it belongs.
/// </summary>
internal sealed class ImportedArchive : IAsyncDisposable
{
    public const int MostEntries = 1_000;

    private const int MostIndexBytes = 1024 * 1024;
    private const int MostTimesSmaller = 100;
    private const long AlwaysUnpacked = 1024 * 1024;
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int LongestName = 512;
    private const int TypeOfEntry = 0xF000;
    private const int SymbolicLink = 0xA000;

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entriesByName;

    private ImportedArchive(ZipArchive archive, ZipArchiveEntry markdown, Dictionary<string, ZipArchiveEntry> entriesByName) =>
        (this.archive, Markdown, this.entriesByName) = (archive, markdown, entriesByName);

    /// <summary>The one file of Markdown.</summary>
    public ZipArchiveEntry Markdown { get; }

    /// <summary>Where that lies: what paths in it begin from.</summary>
    public string Folder => Markdown.FullName[..(Markdown.FullName.LastIndexOf('/') + 1)];

    public ZipArchiveEntry? Find(string path) => entriesByName.GetValueOrDefault(path);

    /// <param name="mostBytes">That it may hold, unpacked.</param>
    public static async Task<Outcome<ImportedArchive>> OpenAsync(Stream content, long mostBytes, CancellationToken cancellationToken)
    {
        if (await RefusalOfIndexAsync(content, cancellationToken) is { } refusal)
            return refusal;
        ZipArchive? zip = null;
        try
        {
            zip = await ZipArchive.CreateAsync(content, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancellationToken);
            var outcome = Sort(zip, mostBytes);
            if (outcome.Failed(out _, out var sorted))
                return outcome;
            zip = null;
            return sorted;
        }
        catch (InvalidDataException)
        {
            return Broken;
        }
        finally
        {
            if (zip is not null)
                await zip.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => archive.DisposeAsync();

    // The index is read into memory whole by whoever opens an archive, so it is measured first.
    private static async Task<CodedProblem?> RefusalOfIndexAsync(Stream content, CancellationToken cancellationToken)
    {
        var tail = new byte[(int)Math.Min(content.Length, EndLength + LongestComment)];
        content.Position = content.Length - tail.Length;
        await content.ReadExactlyAsync(tail, cancellationToken);
        content.Position = 0;
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < EndLength)
            return Broken;
        var record = tail.AsSpan(end, EndLength);
        var (count, size, offset) = (
            BinaryPrimitives.ReadUInt16LittleEndian(record[10..]), BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), BinaryPrimitives.ReadUInt32LittleEndian(record[16..]));
        if (count > MostEntries || size > MostIndexBytes)
            return Refusal($"It has too many entries; an archive has at most {MostEntries}.");
        return offset + (long)size == content.Length - tail.Length + end ? null : Broken;
    }

    private static Outcome<ImportedArchive> Sort(ZipArchive zip, long mostBytes)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.OrdinalIgnoreCase);
        var total = 0L;
        foreach (var entry in zip.Entries.Where(entry => !IsLeftAside(entry.FullName)))
        {
            if (RefusalOf(entry) is { } refusal)
                return refusal;
            if (!entries.TryAdd(entry.FullName, entry))
                return Refusal($"It has two entries called {entry.FullName}.");
            total += entry.Length;
            if (total > mostBytes)
                return new CodedProblem(ProblemCode.PayloadTooLarge, $"Unpacked it has more than the {mostBytes} bytes that an archive may have. Leave some of its media out.");
        }
        ZipArchiveEntry[] texts = [.. entries.Values.Where(entry => Path.GetExtension(entry.FullName).ToLowerInvariant() is ".md" or ".markdown")];
        return texts.Length switch
        {
            1 => new ImportedArchive(zip, texts[0], entries),
            0 => Refusal("It has no file of Markdown (.md)."),
            _ => Refusal($"It has {texts.Length} files of Markdown, and one is what makes an item; import the others on their own."),
        };
    }

    private static CodedProblem? RefusalOf(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        if (name.Length > LongestName || name.Any(c => c is '\\' or ':' || char.IsControl(c)) || name.Split('/').Any(step => step is "" or "." or ".."))
            return Refusal($"It has an entry with a name that leads elsewhere: {Texts.Cut(Texts.InOneLine(name), 100)}.");
        if (((entry.ExternalAttributes >> 16) & TypeOfEntry) == SymbolicLink)
            return Refusal($"{name} is a link; put the file itself in its place.");
        if (entry.IsEncrypted)
            return Refusal($"{name} is encrypted; make the archive without a password.");
        return entry.Length > AlwaysUnpacked && entry.Length / MostTimesSmaller > entry.CompressedLength
            ? Refusal($"{name} would be more than {MostTimesSmaller} times as large as it is in the archive.")
            : null;
    }

    // Folders, and what macOS puts in for itself.
    private static bool IsLeftAside(string name) =>
        name.EndsWith('/') || name.StartsWith("__MACOSX/", StringComparison.Ordinal) || Path.GetFileName(name) is ".DS_Store";

    private static CodedProblem Broken => Refusal("It is not a whole ZIP archive.");

    private static CodedProblem Refusal(string sentence) => Problems.Invalid("archive", sentence);
}
