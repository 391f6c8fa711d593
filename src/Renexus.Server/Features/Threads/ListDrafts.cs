using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>Where one has begun to write, last changed first, in the threads that one sees.</summary>
internal static class ListDrafts
{
    private static readonly Query<DraftRow> Page = new(
        "threads.drafts",
        $"""
        select {DraftRow.Columns}
        from threads.draft d
        join threads.visible v on v.id = d.thread_id and v.viewer_id = d.user_id
        where d.user_id = $1 and (d.body <> '' or d.reply_to is not null) and (d.updated_at, d.thread_id) < ($2, $3)
        order by d.updated_at desc, d.thread_id desc
        limit $4
        """);

    public static async Task<Ok<Page<Draft>>> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var (at, id) = query.Before();
        var rows = await database.QueryAsync(Scope.Of(caller.UserId), Page, [caller.UserId, at, id, query.Take() + 1], cancellationToken);
        return TypedResults.Ok(query.Page(rows, row => (row.UpdatedAt!.Value, row.ThreadId), row => row.ToDraft()));
    }
}
