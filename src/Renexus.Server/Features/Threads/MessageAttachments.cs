using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>Files that go with messages: which may, and how they are shown (FI-3). Their links are made anew for whoever reads.</summary>
internal sealed class MessageAttachments(FileLinks links, Database database)
{
    /// <summary>Those of a message called <c>m</c> as JSON; null when it has none. A file that was deleted is not among them.</summary>
    public const string Of = """
        case when m.attachments is not null then
          (select json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size, 'type', f.type, 'width', f.width, 'height', f.height, 'pictures', f.pictures::text) order by array_position(m.attachments, f.id))
           from files.ready f where f.id = any (m.attachments))::text end
        """;

    internal sealed record FileRow(Guid Id, string Name, long Size, string Type, int? Width, int? Height, string? Pictures);

    // A file of another thread stays there, even when the writer sees both.
    private static readonly Query<FileRow> Ready = new("threads.attachable", """
        select f.id, f.name, f.size, f.type, f.width, f.height, f.pictures::text as pictures
        from files.ready f
        where f.id = any ($1) and f.workspace_id = $2 and (f.thread_id is null or f.thread_id = $3)
        """);

    /// <summary>
    /// The files that a new message is to have, with links in its author's name for whoever hears of it at once. One that is deleted in the same moment may still be named; readers leave it out.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<Attachment>>> FindAsync(
        IReadOnlyList<Guid>? wanted, Guid workspaceId, Guid threadId, Guid authorId, CancellationToken cancellationToken)
    {
        if (wanted is not { Count: > 0 })
            return Outcome<IReadOnlyList<Attachment>>.Of([]);
        var rows = await database.QueryAsync(Scope.Of(authorId), Ready, [wanted.Distinct().ToArray(), workspaceId, threadId], cancellationToken);
        var found = rows.ToDictionary(row => row.Id);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (!found.ContainsKey(wanted[i]))
                return Problems.Invalid($"attachments[{i}]", $"There is no file {wanted[i]} that is ready to be attached in this thread.");
        }
        return Outcome<IReadOnlyList<Attachment>>.Of([.. wanted.Distinct().Select(id => Show(found[id], authorId, request: null))]);
    }

    /// <summary>What a statement read by <see cref="Of"/>, for one reader.</summary>
    public IReadOnlyList<Attachment> Read(string? attachments, Guid readerId, HttpRequest? request) =>
        attachments is null ? [] : [.. JsonSerializer.Deserialize<FileRow[]>(attachments, Json.Options)!.Select(file => Show(file, readerId, request))];

    /// <summary>Which files those are.</summary>
    public static IReadOnlyList<Guid> IdsIn(string? attachments) =>
        attachments is null ? [] : [.. JsonSerializer.Deserialize<FileRow[]>(attachments, Json.Options)!.Select(file => file.Id)];

    private Attachment Show(FileRow file, Guid readerId, HttpRequest? request)
    {
        var (url, _) = links.ToRead(file.Id, file.Type, readerId, request);
        return new Attachment(file.Id, file.Name, file.Size, file.Type, url)
        {
            Width = file.Width,
            Height = file.Height,
            Variants = FilePicture.Show(file.Pictures, file.Type, url),
            Poster = FilePicture.ShowPoster(file.Pictures, file.Type, url),
        };
    }
}
