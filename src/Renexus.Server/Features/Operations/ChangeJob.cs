using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Operations;

/// <summary>What an operator does to a single job: again, no more, away with it.</summary>
internal static class ChangeJob
{
    public static Task<Results<NoContent, ProblemHttpResult>> RetryAsync(
        Guid jobId, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        DoAsync(jobId, AuditActions.JobRetried, jobs.RetryAsync, "It neither is dead nor waits for its time.", caller, database, jobs, clock, cancellationToken);

    public static Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        Guid jobId, Caller caller, Database database, JobOperations jobs, JobClient client, TimeProvider clock, CancellationToken cancellationToken) =>
        DoAsync(jobId, AuditActions.JobCancelled, client.CancelAsync, "It has ended already.", caller, database, jobs, clock, cancellationToken);

    public static Task<Results<NoContent, ProblemHttpResult>> DiscardAsync(
        Guid jobId, Caller caller, Database database, JobOperations jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        DoAsync(jobId, AuditActions.JobDiscarded, JobOperations.DiscardAsync, "Only a dead job is thrown away; cancel one that waits or runs.", caller, database, jobs, clock, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DoAsync(
        Guid id, AuditAction action, Func<Work, Guid, CancellationToken, Task<bool>> deed, string whyNot, Caller caller, Database database, JobOperations jobs,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await database.RefuseOthersAsync(caller, GetQueues.Sentence, cancellationToken) is { } refusal)
            return refusal;

        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (!await deed(work, id, cancellationToken))
            return await jobs.FindAsync(id, cancellationToken) is null ? Problems.NotFound("job", id) : Problems.Conflict(whyNot);

        work.Record(Auditing.Entry(action, id));
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.NoContent();
    }
}
