using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Exports;

internal static class ListExports
{
    private static readonly Query<ExportRow> Page = new("exports.list", ExportRow.Select + """
        and e.workspace_id = $4 and ($5::uuid is null or e.id < $5)
        order by e.id desc
        limit $6
        """);

    public static async Task<Results<Ok<Page<WorkspaceExport>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] PageQuery query, Caller caller, Database database, JobClient jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (before, now) = (query.After(), clock.GetUtcNow());
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var rows = await work.QueryAsync(
            Page,
            [caller.UserId, ExportRow.Roles, now, workspaceId, before == Guid.Empty ? (Guid?)null : before, query.Take() + 1],
            cancellationToken);
        // An empty list is the one case in which the caller may be somebody who may not see it.
        if (rows.Count == 0 && await ExportRow.RefuseAsync(work, workspaceId, caller.UserId, cancellationToken) is { } refusal)
            return refusal;

        var page = query.Page(rows, row => row.Id);
        var items = new List<WorkspaceExport>(page.Items.Count);
        foreach (var row in page.Items)
            items.Add(await row.ToInfoAsync(work, caller.UserId, now, jobs, cancellationToken));
        return TypedResults.Ok(new Page<WorkspaceExport>(items, page.Next));
    }
}
