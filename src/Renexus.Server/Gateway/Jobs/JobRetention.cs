using Renexus.Engine.Jobs;

namespace Renexus.Server.Gateway.Jobs;

/// <summary>Forgets jobs that ended long ago, old counters, and keys that are free (JB26).</summary>
internal sealed class JobRetention(JobOperations jobs)
{
    public static readonly JobKind<NoPayload> Kind = new("jobs.forget", Queues.Maintenance);

    public static readonly JobSchedule Hourly = new("jobs.forget", "41 * * * *", Kind, new NoPayload());

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await jobs.ForgetAsync(cancellationToken) });
}
