using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

internal static class GetThread
{
    private static readonly Query<ThreadRow> ById = new("threads.get", ThreadRow.Select + "where v.id = $1 and v.viewer_id = $2");

    public static Task<ThreadRow?> FindAsync(Database database, Guid threadId, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), ById, [threadId, userId], cancellationToken);

    public static async Task<Results<Ok<ThreadInfo>, ProblemHttpResult>> HandleAsync(
        Guid threadId, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        if (await FindAsync(database, threadId, caller.UserId, cancellationToken) is not { } thread)
            return Problems.NotFound("thread", threadId);
        response.SetVersion(thread.Version);
        return TypedResults.Ok(thread.ToInfo());
    }
}
