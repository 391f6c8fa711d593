using Renexus.Contracts;
using Renexus.Engine.Jobs;

namespace Renexus.Server.Features.Operations;

/// <summary>How queues and running jobs stand: what the channel of operators carries.</summary>
internal static class OpsState
{
    private const int MostRunning = 100;

    public static async Task<JobsState> ReadAsync(JobOperations jobs, JobWorkerOptions worker, TimeProvider clock, CancellationToken cancellationToken)
    {
        var overview = await GetQueues.ReadAsync(jobs, worker, clock, cancellationToken);
        var running = await jobs.ListAsync("running", queue: null, kind: null, MostRunning, cancellationToken);
        return new JobsState(overview, [.. running.Select(row => ListJobs.Of(row, isWhole: false))]);
    }
}
