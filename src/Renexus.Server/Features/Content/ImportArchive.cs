using System.Text;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Makes an item and its media of an archive (docs/spec/content.md, CN12). The item is made last, and files are seen by others only once all of them are known to be good:
/// what is refused leaves nothing.
/// </summary>
internal sealed class ImportArchive(FileBundle files, Database database, ContentNotices notices, RenexusOptions options, TimeProvider clock)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>That an archive may hold, unpacked.</summary>
    private const long MostBytes = 512L * 1024 * 1024;

    private readonly List<FileRow> received = [];

    public async Task<Outcome<CreateContent.CreatedContent>> RunAsync(Guid workspaceId, Guid? id, string? name, Stream body, Guid userId, CancellationToken cancellationToken)
    {
        if (await CreateContent.RefusalToAsync(database, workspaceId, userId, cancellationToken) is { } forbidden)
            return forbidden;
        using var folder = files.MakeWorkFolder();
        await using var scratch = new FileStream(Path.Combine(folder.Path, "archive"), FileMode.CreateNew, FileAccess.ReadWrite);
        await body.CopyToAsync(scratch, cancellationToken);
        if ((await ImportedArchive.OpenAsync(scratch, MostBytes, cancellationToken)).Failed(out var broken, out var opened))
            return broken;

        await using var archive = opened;
        var isMade = false;
        try
        {
            var outcome = await MakeAsync(archive, workspaceId, id, name, userId, cancellationToken);
            // An id that was imported before is that item, with the files that it has.
            isMade = !outcome.Failed(out _, out var created) && created.Version > 0;
            return outcome;
        }
        catch (InvalidDataException)
        {
            return Problems.Invalid("archive", "An entry of it cannot be unpacked.");
        }
        finally
        {
            if (!isMade)
                await files.DiscardAsync(received, userId);
        }
    }

    private async Task<Outcome<CreateContent.CreatedContent>> MakeAsync(
        ImportedArchive archive, Guid workspaceId, Guid? id, string? name, Guid userId, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(archive, cancellationToken)).Failed(out var unreadable, out var markdown))
            return unreadable;
        var (item, media) = MarkdownFile.ReadWithMedia(markdown, name ?? archive.Markdown.Name);
        if (Gather(archive, item, media).Failed(out var missing, out var ids))
            return missing;

        item = item with
        {
            Id = id,
            Body = MediaLinks.WithAddresses(item.Body!, archive.Folder, ids),
            Variants = [.. item.Variants!.Select(variant => variant with { Text = MediaLinks.WithAddresses(variant.Text!, archive.Folder, ids) })],
            Media = [.. media.Select(one => new ContentMedia(ids[MediaLinks.PathOf(one.Path, archive.Folder)!], one.Alt))],
        };
        if (Gateway.Validation.Validation.Check(item) is { } refusal)
            return refusal;
        if (CreateContent.RefusalOf(item, options) is { } wrong)
            return wrong;

        foreach (var (path, fileId) in ids)
        {
            var entry = archive.Find(path)!;
            await using var content = await entry.OpenAsync(cancellationToken);
            var outcome = await files.ReceiveAsync(workspaceId, fileId, entry.Name, content, entry.Length, userId, cancellationToken);
            if (outcome.Failed(out var problem, out var file))
                return About(path, problem);
            received.Add(file);
        }
        foreach (var file in received.ToArray())
        {
            if ((await files.CompleteAsync(file, userId, cancellationToken)).Failed(out var problem, out _))
                return About(file.Name, problem);
        }
        return await CreateContent.RunAsync(workspaceId, item, userId, cause: null, database, notices, options, clock, cancellationToken);
    }

    /// <summary>What the item needs of the archive, each with the id that its file will have.</summary>
    private Outcome<Dictionary<string, Guid>> Gather(ImportedArchive archive, CreateContentRequest item, IReadOnlyList<(string Path, string? Alt)> media)
    {
        var ids = new Dictionary<string, Guid>(StringComparer.OrdinalIgnoreCase);
        string[] texts = [item.Body!, .. item.Variants!.Select(variant => variant.Text!)];
        var wanted = media.Select(one => (Path: MediaLinks.PathOf(one.Path, archive.Folder), Name: one.Path, IsNeeded: true))
            .Concat(texts.SelectMany(text => MediaLinks.PathsIn(text, archive.Folder)).Select(one => (Path: (string?)one.Path, Name: one.Path, IsNeeded: one.IsShown)));
        foreach (var (path, said, isNeeded) in wanted)
        {
            var entry = path is null ? null : archive.Find(path);
            if (entry is not null && entry != archive.Markdown)
                ids.TryAdd(path!, Guid.CreateVersion7(clock.GetUtcNow()));
            else if (isNeeded)
                return Problems.Invalid("archive", $"It refers to {Texts.Cut(Texts.InOneLine(said), 200)}, which is not in it.");
        }
        return ids;
    }

    private async Task<Outcome<string>> ReadAsync(ImportedArchive archive, CancellationToken cancellationToken)
    {
        var most = ContentFeature.MostBytesOf(options);
        if (archive.Markdown.Length > most)
            return new CodedProblem(ProblemCode.PayloadTooLarge, $"{archive.Markdown.FullName} has {archive.Markdown.Length} bytes; {most} are the most.");
        var bytes = new byte[archive.Markdown.Length];
        await using var content = await archive.Markdown.OpenAsync(cancellationToken);
        if (await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken) < bytes.Length || content.ReadByte() >= 0)
            return Problems.Invalid("archive", $"{archive.Markdown.FullName} does not have the bytes that it says.");
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Problems.Invalid("archive", $"{archive.Markdown.FullName} is not UTF-8.");
        }
    }

    private static CodedProblem About(string path, CodedProblem problem) => new(problem.Code, $"{path}: {problem.Detail}", problem.Errors);
}
