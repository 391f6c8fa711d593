using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Files;

/// <summary>
/// Sends a file, or a stretch of it, to whoever has a link (FI-3). It is looked at anew each time whether the person of the link still sees the file. Whatever is in it, it
/// runs nothing here: only types that browsers show without running anything are shown, the rest is saved, and all of it in a sandbox of its own (FI-4).
/// </summary>
internal static partial class ReadFile
{
    private const string Sandbox = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

    // Browsers' viewers of PDF do not work in a sandbox; they are none of the page's scripts.
    private const string Viewer = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    /// <param name="picture">Which of the smaller pictures of it; absent: the file itself.</param>
    public static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> HandleAsync(
        string token, int? picture, HttpContext context, FileLinks links, LocalFiles store, Database database, RenexusOptions options, ILogger<FileReception> logger, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!links.TryRead(token, out var claims) || claims.Purpose is not (LinkPurpose.Show or LinkPurpose.Download)
            || await FileRow.FindAsync(database, claims.FileId, claims.UserId, cancellationToken) is not { IsReady: true } file)
            return Problems.NotFound("link, or it has run out: ask for the file again");
        var smaller = FilePicture.Read(file.Pictures).FirstOrDefault(one => one.Slot == picture);
        if (picture is not null && smaller is null)
            return Problems.NotFound("picture of that size: ask for the file again");
        if ((smaller is null ? store.Open(file.Place) : store.OpenPicture(file.Place, smaller.Slot)) is not { } content)
        {
            BytesMissing(logger, file.Id);
            return Problems.NotFound("file any more: its bytes are lost");
        }

        if (smaller is not null)
        {
            Describe(context.Response, Path.ChangeExtension(file.Name, "webp"), FilePicture.Type, isDownload: false, claims.ExpiresAt - clock.GetUtcNow(), options);
            return Send(content, FilePicture.Type, file, FormattableString.Invariant($"-{smaller.Slot}-{smaller.Size}"));
        }
        // What a type may do is decided now, not when the link was made.
        var isDownload = claims.Purpose is LinkPurpose.Download || !FileTypes.IsShown(file.Type);
        if (isDownload && IsBeginning(context.Request))
            await RecordAsync(file, claims.UserId, database, clock, cancellationToken);
        Describe(context.Response, file.Name, file.Type, isDownload, claims.ExpiresAt - clock.GetUtcNow(), options);
        return Send(content, file.Type, file, "");
    }

    private static FileStreamHttpResult Send(FileStream content, string type, FileRow file, string tag) => TypedResults.Stream(
        content, type, fileDownloadName: null, file.ReadyAt, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(file.Sha256!)}{tag}\""), enableRangeProcessing: true);

    private static void Describe(HttpResponse response, string name, string type, bool isDownload, TimeSpan left, RenexusOptions options)
    {
        var headers = response.Headers;
        var disposition = new ContentDispositionHeaderValue(isDownload ? "attachment" : "inline");
        disposition.SetHttpFileName(name);
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = type is "application/pdf" ? Viewer : Sandbox;
        // The link is a secret of one person: nobody in between keeps what it opens.
        headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"private, max-age={(long)left.TotalSeconds}");
        if (options.Storage.ContentUrl is not null)
            headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }

    private static async Task RecordAsync(FileRow file, Guid userId, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        work.Record(Auditing.Entry(AuditActions.FileDownloaded, file.Id, after: new { file.Name, file.Size }) with { WorkspaceId = file.WorkspaceId, Actor = userId });
        await work.CommitAsync(clock.GetUtcNow());
    }

    private static bool IsBeginning(HttpRequest request) =>
        request.GetTypedHeaders().Range?.Ranges is not { Count: > 0 } ranges || ranges.Any(range => range.From is null or 0);

    [LoggerMessage(1961, LogLevel.Error, "The bytes of file {FileId} are not where they should be")]
    private static partial void BytesMissing(ILogger logger, Guid fileId);
}
