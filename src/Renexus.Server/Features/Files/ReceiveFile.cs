using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Files;

/// <summary>
/// Takes the bytes of a file, all of them or a part, by the address that was made for whoever reserved its place (FI-1). Answered only when they are on the disk: what was
/// acknowledged is not asked for again, whatever happens to the server.
/// </summary>
internal static partial class ReceiveFile
{
    private sealed record PendingRow(Guid WorkspaceId, Guid StorageKey, long Size, string Type, bool IsReady)
    {
        public StoragePlace Place => new(WorkspaceId, StorageKey);
    }

    private static readonly Query<PendingRow> Find = new("files.receive", """
        select v.workspace_id, v.storage_key, v.size, v.type, v.ready_at is not null as is_ready
        from files.visible v
        where v.viewer_id = $1 and v.id = $2 and v.created_by = $1 and v.role = any ($3)
        """);

    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    private const long MaxPosterBytes = 2 * 1024 * 1024;

    /// <param name="part">Its number; absent: all bytes.</param>
    /// <param name="poster">They are not the file's but a picture's of it.</param>
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string token, [Range(1, 100_000)] int? part, bool? poster, HttpRequest request, FileLinks links, LocalFiles store, Database database, ILogger<FileReception> logger,
        CancellationToken cancellationToken)
    {
        if (!links.TryRead(token, out var claims) || claims.Purpose is not LinkPurpose.Upload
            || await database.QueryFirstAsync(
                Scope.Of(claims.UserId), Find, [claims.UserId, claims.FileId, Permissions.RolesFor(Permission.UploadFiles)], cancellationToken) is not { } file)
            return Problems.NotFound("upload, or it has run out: reserve a new place");
        if (file.IsReady)
            return Problems.Conflict("The file is complete; nothing can be added to it.");
        if (poster is true)
            return await ReceivePosterAsync(file, request, store, cancellationToken);
        if (part > LocalFiles.PartsOf(file.Size))
            return Problems.Validation("part", $"The file has {LocalFiles.PartsOf(file.Size)} parts.");

        var size = part is { } number ? LocalFiles.RangeOf(number, file.Size).Size : file.Size;
        if (request.ContentLength is { } length && length != size)
            return WrongSize(length > size, size);
        try
        {
            var reception = await store.ReceiveAsync(file.Place, part ?? 0, request.BodyReader, size, cancellationToken);
            return reception is Reception.Kept ? TypedResults.NoContent() : WrongSize(reception is Reception.TooMany, size);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            NotKept(logger, e, claims.FileId);
            return Problems.Unavailable(Later);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReceivePosterAsync(PendingRow file, HttpRequest request, LocalFiles store, CancellationToken cancellationToken)
    {
        if (!FilePicture.MayHavePoster(file.Type))
            return Problems.Validation("poster", "Only a video has a poster.");
        var reception = request.ContentLength > MaxPosterBytes
            ? Reception.TooMany
            : await store.ReceivePosterAsync(file.Place, request.BodyReader, MaxPosterBytes, cancellationToken);
        return reception switch
        {
            Reception.Kept => TypedResults.NoContent(),
            Reception.OtherType => Problems.Of(ProblemCode.UnsupportedMediaType, "A poster is a PNG, JPEG, WebP, AVIF or GIF."),
            _ => Problems.Of(ProblemCode.PayloadTooLarge, $"A poster has at most {MaxPosterBytes} bytes."),
        };
    }

    private static ProblemHttpResult WrongSize(bool isTooLarge, long size) => isTooLarge
        ? Problems.Of(ProblemCode.PayloadTooLarge, $"Exactly {size} bytes are taken here; these are more.")
        : Problems.Validation("$", $"Exactly {size} bytes are taken here; these are fewer. Nothing of them was kept.");

    [LoggerMessage(1960, LogLevel.Error, "The bytes of file {FileId} could not be kept: is the disk full?")]
    private static partial void NotKept(ILogger logger, Exception exception, Guid fileId);
}
