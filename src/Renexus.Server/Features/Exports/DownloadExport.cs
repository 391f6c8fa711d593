using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Exports;

/// <summary>Sends an archive, or the rest of one after a break (ranges), to whoever has a link. Each beginning is recorded.</summary>
internal static class DownloadExport
{
    public const string ContentType = "application/zip";

    private sealed record LinkRow(Guid ExportId, Guid WorkspaceId, Guid UserId);

    private sealed record ArchiveRow(Guid Run, long Bytes, DateTimeOffset ReadyAt);

    private static readonly Query<LinkRow> LinkOf = new("exports.link_of", "select export_id, workspace_id, user_id from exports.link_of($1, $2)");

    private static readonly Query<ArchiveRow> Find = new("exports.archive", """
        select e.run, e.bytes, e.ready_at
        from exports.export e
        join workspaces.member m on m.workspace_id = e.workspace_id and m.user_id = $1 and m.role = any ($2)
        where e.id = $4 and e.removed_at is null and e.expires_at > $3 and e.ready_at is not null
        """);

    public static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> HandleAsync(
        string token, HttpRequest request, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!SecretToken.TryParse(token, out var secret)
            || await database.QueryFirstAsync(Scope.None, LinkOf, [secret.Hash(), now], cancellationToken) is not { } link)
            return Problems.NotFound("link, or it has run out: make a new one");

        await using var work = await database.BeginAsync(Scope.Of(link.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Find, [link.UserId, ExportRow.Roles, now, link.ExportId], cancellationToken) is not { } archive)
            return Problems.NotFound("archive any more");

        if (IsBeginning(request))
            work.Record(Auditing.Entry(AuditActions.ExportDownloaded, link.ExportId, after: new { archive.Bytes }) with { WorkspaceId = link.WorkspaceId, Actor = link.UserId });
        await work.CommitAsync(now);
        return TypedResults.Stream(
            new PieceReader(database, Scope.In(link.WorkspaceId), link.ExportId, archive.Run, archive.Bytes), ContentType,
            string.Create(CultureInfo.InvariantCulture, $"renexus-{archive.ReadyAt:yyyy-MM-dd-HHmm}.zip"), archive.ReadyAt,
            new EntityTagHeaderValue($"\"{archive.Run:n}\""), enableRangeProcessing: true);
    }

    private static bool IsBeginning(HttpRequest request) =>
        request.GetTypedHeaders().Range?.Ranges is not { Count: > 0 } ranges || ranges.Any(range => range.From is null or 0);
}
