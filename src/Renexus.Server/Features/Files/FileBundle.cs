using System.IO.Pipelines;
using System.Net.Mime;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Files;

/// <summary>For the other features: files that leave together with something of theirs, or come with it.</summary>
internal sealed class FileBundle(LocalFiles store, FileReception reception, Database database, JobClient jobs, TimeProvider clock)
{
    private static readonly Query<FileRow> Of = new("files.bundle", FileRow.Select + "and v.workspace_id = $2 and v.id = any ($3) and v.ready_at is not null");

    /// <summary>Those of these that this person sees.</summary>
    public Task<IReadOnlyList<FileRow>> FindAsync(Guid workspaceId, IReadOnlyCollection<Guid> ids, Guid userId, CancellationToken cancellationToken) =>
        database.QueryAsync(Scope.Of(userId), Of, [userId, workspaceId, ids.ToArray()], cancellationToken);

    /// <summary>Its bytes; null when they are lost.</summary>
    public FileStream? Open(FileRow file) => store.Open(file.Place);

    /// <summary>That these leave, for the trail.</summary>
    public async Task RecordDownloadsAsync(IReadOnlyList<FileRow> files, Guid userId, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        foreach (var file in files)
            work.RecordFile(AuditActions.FileDownloaded, file, after: new { file.Name, file.Size });
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>A folder for what comes, before it is known what it is.</summary>
    public WorkFolder MakeWorkFolder() => store.MakeWorkFolder();

    /// <summary>Reserves a place and takes the bytes; nobody else sees it yet. Refused as any upload is.</summary>
    /// <param name="content">Exactly as many bytes as <paramref name="size"/> says, or it is refused.</param>
    public async Task<Outcome<FileRow>> ReceiveAsync(
        Guid workspaceId, Guid id, string name, Stream content, long size, Guid userId, CancellationToken cancellationToken)
    {
        var request = new CreateFileRequest { Id = id, Name = name, Size = size, Type = MediaTypeNames.Application.Octet };
        if (Gateway.Validation.Validation.Check(request) is { } invalid)
            return invalid;
        var outcome = await reception.ReserveAsync(workspaceId, request, userId, cancellationToken);
        if (outcome.Failed(out _, out var file))
            return outcome;
        var isKept = false;
        try
        {
            var refusal = await store.ReceiveAsync(file.Place, part: 0, PipeReader.Create(content), size, cancellationToken) is Reception.Kept
                ? await reception.RefusalOfAsync(file, cancellationToken)
                : Problems.Invalid("size", $"It does not have the {size} bytes that it says.");
            isKept = refusal is null;
            return refusal is null ? file : refusal;
        }
        finally
        {
            if (!isKept)
                await DeleteFile.RunAsync(file.Id, userId, database, jobs, clock, CancellationToken.None);
        }
    }

    /// <summary>Lets others see what came.</summary>
    public Task<Outcome<FileRow>> CompleteAsync(FileRow file, Guid userId, CancellationToken cancellationToken) => reception.CompleteAsync(file, userId, cancellationToken);

    /// <summary>Takes back what came, also when others see it already.</summary>
    public async Task DiscardAsync(IEnumerable<FileRow> files, Guid userId)
    {
        foreach (var file in files)
            await DeleteFile.RunAsync(file.Id, userId, database, jobs, clock, CancellationToken.None);
    }
}
