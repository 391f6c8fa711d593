using System.IO.Pipelines;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Files;

/// <summary>From bytes to a file: takes what comes, checks that it is what was promised, and only then lets others see it (FI-2).</summary>
internal sealed class FileReception(LocalFiles store, FileLinks links, Database database, JobClient jobs, RenexusOptions options, TimeProvider clock)
{
    private static readonly Query<Guid> Finish = new("files.finish", """
        update files.file f set ready_at = $3, expires_at = null, type = $4, sha256 = $5
        from workspaces.member m
        where f.id = $2 and f.created_by = $1 and f.ready_at is null
          and m.workspace_id = f.workspace_id and m.user_id = $1 and m.role = any ($6)
        returning f.id
        """);

    private static readonly Query<Guid> Remove = new("files.refuse", "delete from files.file f where f.id = $2 and f.created_by = $1 and f.ready_at is null returning f.id");

    /// <summary>A file with what this person may hold of it: where to read it, or where its bytes go.</summary>
    public StoredFile Show(FileRow file, Guid userId, HttpRequest request)
    {
        if (file.IsReady)
        {
            var (url, expiresAt) = links.ToRead(file.Id, file.Type, userId, request);
            return file.ToInfo() with
            {
                Url = url,
                DownloadUrl = links.ToRead(file.Id, file.Type, userId, request, isDownload: true).Url,
                UrlExpiresAt = expiresAt,
                Variants = FilePicture.Show(file.Pictures, file.Type, url),
                Poster = FilePicture.ShowPoster(file.Pictures, file.Type, url),
            };
        }
        return file.ToInfo() with { Upload = ToUpload(file, links.ToUpload(file, userId, request)) };
    }

    /// <summary>Takes a file whose size is known when it ends; null when it is larger than may be.</summary>
    public async Task<long?> ReceiveUnknownAsync(StoragePlace place, Stream source, long maxBytes, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(source, new StreamPipeReaderOptions(leaveOpen: true));
        return await store.ReceiveUpToAsync(place, reader, maxBytes, cancellationToken);
    }

    /// <summary>Reserves a place for what has come already, and makes a file of it.</summary>
    public async Task<Outcome<FileRow>> KeepAsync(Guid workspaceId, CreateFileRequest form, StoragePlace place, Guid userId, CancellationToken cancellationToken)
    {
        var outcome = await CreateFile.ReserveAsync(workspaceId, form, place.Key, userId, database, options, clock, cancellationToken);
        return outcome.Failed(out _, out var file) ? outcome : await CompleteAsync(file, userId, cancellationToken);
    }

    /// <summary>Reserves a place for what is to come.</summary>
    public Task<Outcome<FileRow>> ReserveAsync(Guid workspaceId, CreateFileRequest request, Guid userId, CancellationToken cancellationToken) =>
        CreateFile.ReserveAsync(workspaceId, request, Guid.NewGuid(), userId, database, options, clock, cancellationToken);

    /// <summary>Why what has come will not be taken; null when it will.</summary>
    public async Task<CodedProblem?> RefusalOfAsync(FileRow file, CancellationToken cancellationToken) =>
        await store.AssembleAsync(file.Place, file.Size, cancellationToken) is { } assembled && Check(file, assembled).Failed(out var refusal, out _) ? refusal : null;

    public void Abandon(StoragePlace place) => store.ForgetIncoming(place);

    /// <summary>Checks what has come and lets others see it; what does not match is refused and removed. Again is as once.</summary>
    public async Task<Outcome<FileRow>> CompleteAsync(FileRow file, Guid userId, CancellationToken cancellationToken)
    {
        if (file.IsReady)
            return file;
        if (await store.AssembleAsync(file.Place, file.Size, cancellationToken) is not { } assembled)
            return new CodedProblem(ProblemCode.Conflict, "Not all of its bytes have arrived: send the rest, and say so again.");
        if (Check(file, assembled).Failed(out var refusal, out var type))
            return await RefuseAsync(file, userId, refusal, cancellationToken);

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var finished = await work.QueryAsync(Finish, [userId, file.Id, now, type, assembled.Sha256, Permissions.RolesFor(Permission.UploadFiles)], cancellationToken);
        if (await FileRow.FindAsync(work, file.Id, userId, cancellationToken) is not { } ready)
            return new CodedProblem(ProblemCode.NotFound, $"There is no file {file.Id}.");
        if (finished.Count > 0)
        {
            work.AnnounceFile(ChangeOp.Create, ready, userId);
            work.RecordFile(AuditActions.FileUploaded, ready, after: new { ready.Name, ready.Size, ready.Type, ready.ThreadId });
            if (FilePicture.IsMadeOf(ready.Type) || (FilePicture.MayHavePoster(ready.Type) && store.FindPoster(ready.Place) is not null))
                await MakePictures.EnqueueAsync(jobs, work, ready.WorkspaceId, ready.Id, cancellationToken);
            work.AfterCommit(() => store.ForgetIncoming(file.Place));
            await work.CommitAsync(now);
        }
        return ready;
    }

    private Outcome<string> Check(FileRow file, Assembled assembled)
    {
        if (assembled.Size != file.Size)
            return Problems.Invalid("size", $"It has {assembled.Size} bytes, and {file.Size} were promised; it was removed.");
        if (file.Sha256 is { } promised && !promised.AsSpan().SequenceEqual(assembled.Sha256))
            return Problems.Invalid("sha256", "Its content has another hash than was promised; it was removed.");
        return FileTypes.Verify(file.Type, assembled.Head, options.Storage);
    }

    private async Task<Outcome<FileRow>> RefuseAsync(FileRow file, Guid userId, CodedProblem refusal, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await work.QueryAsync(Remove, [userId, file.Id], cancellationToken)).Count > 0)
        {
            work.RecordFile(AuditActions.FileRefused, file, after: new { file.Name, file.Size, file.Type, reason = refusal.Detail });
            await jobs.SweepAsync(work, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
        }
        return refusal;
    }

    private FileUpload ToUpload(FileRow file, string url)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = file.Type };
        var upload = new FileUpload("PUT", url, headers, file.ExpiresAt!.Value) { PosterUrl = FilePicture.MayHavePoster(file.Type) ? $"{url}?poster=true" : null };
        if (LocalFiles.PartsOf(file.Size) is 0)
            return upload;
        var received = store.Received(file.Place, file.Size);
        return upload with
        {
            Parts = [.. Enumerable.Range(1, LocalFiles.PartsOf(file.Size)).Select(part =>
            {
                var (offset, size) = LocalFiles.RangeOf(part, file.Size);
                return new FileUploadPart(part, offset, size, $"{url}?part={part}", received.Contains(part));
            })],
        };
    }
}
