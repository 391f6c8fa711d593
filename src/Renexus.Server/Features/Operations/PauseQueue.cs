using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Operations;

/// <summary>Lets nothing more of a queue begin, or lets it go on; what runs, runs.</summary>
internal static class PauseQueue
{
    public static Task<Results<NoContent, ProblemHttpResult>> PauseAsync(
        string queue, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        SetAsync(queue, isPaused: true, caller, database, jobs, clock, cancellationToken);

    public static Task<Results<NoContent, ProblemHttpResult>> ResumeAsync(
        string queue, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        SetAsync(queue, isPaused: false, caller, database, jobs, clock, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> SetAsync(
        string queue, bool isPaused, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await database.RefuseOthersAsync(caller, GetQueues.Sentence, cancellationToken) is { } refusal)
            return refusal;
        if (!Queues.All.Any(known => known.Name == queue))
            return Problems.NotFound("queue");

        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        await jobs.PauseAsync(work, queue, isPaused, caller.UserId, cancellationToken);
        work.Record(Auditing.Entry(isPaused ? AuditActions.QueuePaused : AuditActions.QueueResumed, resourceId: null, after: new { queue }));
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.NoContent();
    }
}
