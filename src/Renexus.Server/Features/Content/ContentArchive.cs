using System.IO.Compression;
using System.Text;
using Renexus.Server.Features.Files;

namespace Renexus.Server.Features.Content;

/// <summary>An item as a ZIP archive: its file of Markdown, and its media beside that (docs/spec/content.md, CN12).</summary>
internal sealed class ContentArchive
{
    private const string Folder = "media/";

    private readonly string name;
    private readonly string markdown;
    private readonly Dictionary<string, FileRow> filesByPath;

    private ContentArchive(string name, string markdown, Dictionary<string, FileRow> filesByPath) =>
        (this.name, this.markdown, this.filesByPath) = (name, markdown, filesByPath);

    public IReadOnlyCollection<FileRow> Media => filesByPath.Values;

    public static async Task<ContentArchive> OfAsync(ItemRow item, string body, FileBundle files, Guid userId, CancellationToken cancellationToken)
    {
        var fields = item.Fields;
        Guid[] wanted =
        [
            .. fields.Media.Select(file => file.FileId!.Value), .. MediaLinks.IdsIn(body), .. fields.Variants.SelectMany(variant => MediaLinks.IdsIn(variant.Text!)),
        ];
        IReadOnlyList<FileRow> found = wanted.Length == 0 ? [] : await files.FindAsync(item.WorkspaceId, wanted, userId, cancellationToken);
        var rows = found.ToDictionary(file => file.Id);
        var media = new Dictionary<string, FileRow>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in wanted.Distinct().Where(rows.ContainsKey).Select(id => rows[id]))
            media.Add(NameBeside(media, file.Name), file);

        var paths = media.ToDictionary(pair => pair.Value.Id, pair => pair.Key);
        return new ContentArchive($"{MarkdownFile.NameOf(item.Title)}.md", MarkdownFile.Write(item, body, paths), media);
    }

    /// <param name="target">Gets the archive as it is made.</param>
    public async Task WriteAsync(Stream target, FileBundle files, CancellationToken cancellationToken)
    {
        await using var deferring = new DeferringStream(target);
        await using (var zip = await ZipArchive.CreateAsync(deferring, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken))
        {
            await using (var entry = await zip.CreateEntry(name, CompressionLevel.Optimal).OpenAsync(cancellationToken))
                await entry.WriteAsync(Encoding.UTF8.GetBytes(markdown), cancellationToken);
            foreach (var (path, file) in filesByPath)
                await WriteAsync(zip, path, file, files, cancellationToken);
        }
        await deferring.FlushAsync(cancellationToken);
    }

    private static async Task WriteAsync(ZipArchive zip, string path, FileRow file, FileBundle files, CancellationToken cancellationToken)
    {
        await using var content = files.Open(file);
        if (content is null)
            return;
        // Pictures and films are compressed already.
        await using var entry = await zip.CreateEntry(path, CompressionLevel.NoCompression).OpenAsync(cancellationToken);
        await content.CopyToAsync(entry, cancellationToken);
    }

    private static string NameBeside(Dictionary<string, FileRow> taken, string name)
    {
        var (stem, ending) = (MarkdownFile.NameOf(Path.GetFileNameWithoutExtension(name)), Path.GetExtension(name));
        for (var n = 1; ; n++)
        {
            var path = n == 1 ? $"{Folder}{stem}{ending}" : FormattableString.Invariant($"{Folder}{stem}-{n}{ending}");
            if (!taken.ContainsKey(path))
                return path;
        }
    }
}
