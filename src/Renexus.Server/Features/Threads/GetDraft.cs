using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>One's own draft in a thread; an empty one until something is written.</summary>
internal static class GetDraft
{
    internal static readonly Query<DraftRow> OfThread = new(
        "threads.draft_of",
        $"""
        select {DraftRow.Columns}
        from threads.visible v
        left join threads.draft d on d.thread_id = v.id and d.user_id = v.viewer_id
        where v.id = $1 and v.viewer_id = $2
        """);

    public static async Task<Results<Ok<Draft>, ProblemHttpResult>> HandleAsync(
        Guid threadId, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        var row = await database.QueryFirstAsync(Scope.Of(caller.UserId), OfThread, [threadId, caller.UserId], cancellationToken);
        if (row is null)
            return Problems.NotFound("thread", threadId);
        var draft = row.ToDraft();
        response.SetVersion(draft.Version);
        return TypedResults.Ok(draft);
    }
}
