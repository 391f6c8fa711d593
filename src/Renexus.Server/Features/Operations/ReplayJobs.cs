using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Operations;

/// <summary>Puts dead jobs in again, the oldest thousand: after the repair of what made them fail.</summary>
internal static class ReplayJobs
{
    public static async Task<Results<Ok<ReplayedJobs>, ProblemHttpResult>> HandleAsync(
        ReplayJobsRequest request, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await database.RefuseOthersAsync(caller, GetQueues.Sentence, cancellationToken) is { } refusal)
            return refusal;

        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var count = await jobs.ReplayAsync(work, request.Queue, request.Kind, cancellationToken);
        work.Record(Auditing.Entry(AuditActions.JobsReplayed, resourceId: null, after: new { request.Queue, request.Kind, count }));
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.Ok(new ReplayedJobs(count));
    }
}
