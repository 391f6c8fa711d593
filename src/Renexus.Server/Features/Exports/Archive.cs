using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Exports;

/// <summary>
/// Writes a workspace as a zip file while it is read: <c>README.txt</c>, a file of JSON Lines for each <see cref="WorkspaceData"/>, and at last <c>manifest.json</c> with
/// what each holds.
/// </summary>
internal sealed class Archive(IReadOnlyList<WorkspaceData> parts, Work snapshot, Guid workspaceId, DateTimeOffset at)
{
    /// <summary>Of the form of the archive: it grows when a reader of the one before could misread it. New members and files are no such thing.</summary>
    public const int FormVersion = 1;

    private const int FlushAbove = 64 * 1024;

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    /// <summary>A file of the archive, as the manifest has it.</summary>
    internal sealed record FileEntry(string Name, string What, long Items, string Sha256);

    /// <param name="target">Gets the archive; it is left open.</param>
    /// <param name="report">Told how far it is, in percent, and what is being written.</param>
    public async Task<IReadOnlyList<FileEntry>> WriteAsync(Stream target, Action<int, string> report, CancellationToken cancellationToken)
    {
        // Sizes first: they are of the same moment as the items.
        var total = 0L;
        foreach (var part in parts)
            total += await snapshot.QueryFirstAsync(part.Size, [workspaceId], cancellationToken);

        await using var zip = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken);
        await WriteTextAsync(zip, "README.txt", Readme(), cancellationToken);
        var files = new List<FileEntry>(parts.Count);
        var done = 0L;
        foreach (var part in parts)
        {
            var file = await WriteAsync(zip, part, count => report((int)Math.Min(99, (done + count) * 100 / Math.Max(1, total)), part.Name), cancellationToken);
            files.Add(file);
            done += file.Items;
        }
        await WriteTextAsync(zip, "manifest.json", Manifest(files), cancellationToken);
        return files;
    }

    private async Task<FileEntry> WriteAsync(ZipArchive zip, WorkspaceData part, Action<long> count, CancellationToken cancellationToken)
    {
        var name = $"{part.Name}.jsonl";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new ArrayBufferWriter<byte>(2 * FlushAbove);
        var items = 0L;
        await using (var stream = await OpenAsync(zip, name, cancellationToken))
        {
            await using var json = new Utf8JsonWriter(lines, new JsonWriterOptions { Encoder = Json.Options.Encoder });
            await foreach (var item in part.Read(snapshot, workspaceId, cancellationToken))
            {
                JsonSerializer.Serialize(json, item, Json.Options);
                await json.FlushAsync(cancellationToken);
                json.Reset();
                lines.Write(NewLine);
                items++;
                if (lines.WrittenCount < FlushAbove)
                    continue;
                await FlushAsync(stream);
                count(items);
            }
            await FlushAsync(stream);
        }
        count(items);
        return new FileEntry(name, part.What, items, Convert.ToHexStringLower(hash.GetHashAndReset()));

        async Task FlushAsync(Stream stream)
        {
            hash.AppendData(lines.WrittenSpan);
            await stream.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }
    }

    private async Task WriteTextAsync(ZipArchive zip, string name, string text, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(zip, name, cancellationToken);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private Task<Stream> OpenAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = at;
        return entry.OpenAsync(cancellationToken);
    }

    private string Manifest(IReadOnlyList<FileEntry> files) => JsonSerializer.Serialize(
        new { format = "renexus-workspace", version = FormVersion, workspaceId, at, files }, Indented) + "\n";

    private string Readme() => $"""
        A workspace of Renexus, as it was at {at:yyyy-MM-dd HH:mm:ss} UTC.

        Each .jsonl file holds one JSON object a line (UTF-8, times in UTC):

        {string.Join("\n", parts.Select(part => $"  {part.Name}.jsonl\n    {part.What}"))}

        manifest.json names the files with the number of their lines and the SHA-256 of their content. It is the last file: an archive
        without it is not whole.

        Not in here: private threads (they belong to who takes part in them, and each person's own data is under Settings, Your data), what
        was deleted, secrets, notifications, and the audit trail, which has an export of its own.

        """;
}
