using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Files;

internal static class ListFiles
{
    private static readonly Query<FileRow> Page = new("files.list", FileRow.Select + """
        and v.workspace_id = $2 and v.ready_at is not null and ($3::uuid is null or v.id < $3) and ($4::text is null or starts_with(v.type, $4))
        order by v.id desc
        limit $5
        """);

    /// <param name="type">The beginning of their type: <c>image/</c>.</param>
    public static async Task<Results<Ok<Page<StoredFile>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] PageQuery query, [StringLength(127)] string? type, Caller caller, HttpRequest request, FileReception reception, Database database,
        CancellationToken cancellationToken)
    {
        var before = query.After();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var rows = await work.QueryAsync(
            Page, [caller.UserId, workspaceId, before == Guid.Empty ? (Guid?)null : before, type, query.Take() + 1], cancellationToken);
        // An empty list is the one case in which the caller may be a stranger.
        if (rows.Count == 0 && await FileRow.RefuseAsync(work, workspaceId, caller.UserId, Permission.SeeFiles, cancellationToken) is { } refusal)
            return refusal;
        var page = query.Page(rows, row => row.Id);
        return TypedResults.Ok(new Page<StoredFile>([.. page.Items.Select(row => reception.Show(row, caller.UserId, request))], page.Next));
    }
}
