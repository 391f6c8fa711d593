using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Files.Pictures;

/// <summary>Makes the smaller pictures of a file that became ready, of a video those of its poster (FI-4). What cannot be decoded stays as it is, without any: that is no error of the server's.</summary>
internal sealed partial class MakePictures(Database database, LocalFiles store, PictureProcess decoder, JobClient jobs, TimeProvider clock, ILogger<MakePictures> logger)
{
    public static readonly JobKind<OfFile> Kind = new("files.pictures", Queues.Files) { IsKept = false };

    private static readonly Query<FileRow> Find = new(
        "files.to_picture", $"select {FileRow.Columns}, '' as role from files.file v where v.id = $1 and v.ready_at is not null");

    private static readonly Query<FileRow> Hold = new(
        "files.hold_to_picture", $"select {FileRow.Columns}, '' as role from files.file v where v.id = $1 and v.ready_at is not null for update");

    private static readonly Command Write = new("files.pictured", """
        update files.file f set width = $2, height = $3, pictures = $4::jsonb, pictures_size = $5, pictured_at = $6 where f.id = $1
        """);

    private const int AtOnce = 200;

    private sealed record ForgottenRow(Guid Id, Guid WorkspaceId);

    private static readonly Query<ForgottenRow> Forgotten = new("files.not_pictured", """
        select f.id, f.workspace_id from files.file f
        where f.ready_at < $1 and f.pictured_at is null and f.type in ('image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif')
        order by f.id desc limit $2
        """);

    private int saidUnavailable;

    internal sealed record OfFile(Guid FileId);

    /// <summary>In the transaction that makes the file ready.</summary>
    public static Task EnqueueAsync(JobClient jobs, Work work, Guid workspaceId, Guid fileId, CancellationToken cancellationToken) => jobs.EnqueueAsync(
        work, Kind, new OfFile(fileId), cancellationToken,
        new JobOptions { WorkspaceId = workspaceId, ForNobody = true, Unique = new UniqueKey($"{Kind.Name}:{fileId}") { OnlyWhileWaiting = true } });

    public async Task RunAsync(OfFile of, JobContext job, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(job.Scope, Find, [of.FileId], cancellationToken) is not { } file || await SourceOfAsync(file, cancellationToken) is not var (source, type))
            return;
        using var folder = store.MakeWorkFolder();
        if (await DecodeAsync(file.Id, source, type, folder.Path, cancellationToken) is not { } decoded)
            return;

        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        // Held, it does not go before its pictures are in their place; gone, it gets none. Killed in between, they are put there again.
        if (await work.QueryFirstAsync(Hold, [of.FileId], cancellationToken) is not { } held)
            return;
        foreach (var picture in decoded.Pictures)
            store.KeepPicture(held.Place, picture.Slot, folder.Path);
        var now = clock.GetUtcNow();
        var pictured = held with
        {
            Width = decoded.Width == 0 ? null : decoded.Width,
            Height = decoded.Height == 0 ? null : decoded.Height,
            Pictures = JsonSerializer.Serialize(decoded.Pictures, Json.Options),
        };
        await work.ExecuteAsync(Write, [held.Id, pictured.Width, pictured.Height, pictured.Pictures, decoded.Pictures.Sum(picture => picture.Size) + PosterBytes(held), now], cancellationToken);
        if (decoded.Width > 0)
            work.AnnounceFile(ChangeOp.Update, pictured, actor: null);
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(now);
    }

    /// <summary>Files that should have been looked at long ago: they were there before pictures were made, or nothing could decode them then.</summary>
    public async Task<int> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref saidUnavailable) != 0)
            return 0;
        var forgotten = await database.QueryLogAsync(Forgotten, [clock.GetUtcNow() - TimeSpan.FromHours(1), AtOnce], cancellationToken);
        foreach (var file in forgotten)
        {
            await using var work = await database.BeginAsync(Scope.In(file.WorkspaceId), cancellationToken);
            await EnqueueAsync(jobs, work, file.WorkspaceId, file.Id, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
        }
        return forgotten.Count;
    }

    // The poster stays as it came, so that it counts.
    private long PosterBytes(FileRow file) => FilePicture.MayHavePoster(file.Type) && store.FindPoster(file.Place) is { } poster ? new FileInfo(poster).Length : 0;

    private async Task<(string Path, string Type)?> SourceOfAsync(FileRow file, CancellationToken cancellationToken)
    {
        if (FilePicture.IsMadeOf(file.Type))
            return (store.PathOf(file.Place), file.Type);
        if (!FilePicture.MayHavePoster(file.Type) || store.FindPoster(file.Place) is not { } poster)
            return null;
        var (head, _) = await LocalFiles.HeadOfAsync(poster, cancellationToken);
        return FileTypes.OfPicture(head) is { } type ? (poster, type) : null;
    }

    private async Task<DecodedPicture?> DecodeAsync(Guid fileId, string source, string type, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await decoder.DecodeAsync(source, type, folder, cancellationToken);
        }
        catch (PictureRefusedException e)
        {
            NotDecoded(logger, fileId, e.Message);
            return new DecodedPicture(0, 0, []);
        }
        catch (PicturesUnavailableException e)
        {
            if (Interlocked.Exchange(ref saidUnavailable, 1) == 0)
                NoneMade(logger, e.Message);
            return null;
        }
    }

    [LoggerMessage(1963, LogLevel.Warning, "Pictures get no smaller variants here: {Reason}")]
    private static partial void NoneMade(ILogger logger, string reason);

    [LoggerMessage(1964, LogLevel.Information, "File {FileId} gets no smaller variants: {Reason}")]
    private static partial void NotDecoded(ILogger logger, Guid fileId, string reason);
}
