using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Operations;

/// <summary>How the queues stand (JB-5): depth, age of the oldest, rates and failures by the minute; who works on them; what recurs.</summary>
internal static class GetQueues
{
    /// <summary>Whose the queues are.</summary>
    public const string Sentence = "Queues and jobs are the operators' of this installation.";

    private static readonly TimeSpan Shown = TimeSpan.FromMinutes(60);
    private static readonly string[] Names = [.. Queues.All.Select(queue => queue.Name)];

    public static async Task<Results<Ok<JobsOverview>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, JobOperations jobs, JobWorkerOptions worker, TimeProvider clock, CancellationToken cancellationToken) =>
        await database.RefuseOthersAsync(caller, Sentence, cancellationToken) is { } refusal
            ? refusal
            : TypedResults.Ok(await ReadAsync(jobs, worker, clock, cancellationToken));

    internal static async Task<JobsOverview> ReadAsync(JobOperations jobs, JobWorkerOptions worker, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (depths, counts, minutes) = await jobs.QueuesAsync(Names, now - Shown, cancellationToken);
        var workers = await jobs.WorkersAsync(cancellationToken);
        var schedules = await jobs.SchedulesAsync(cancellationToken);
        return new(
            [.. depths.Select(depth => Of(depth, [.. counts.Where(c => c.Queue == depth.Queue)], minutes.Where(m => m.Queue == depth.Queue)))],
            [.. workers.Select(w => new WorkerInfo(w.Id, w.Name, w.Queues, w.StartedAt, w.BeatAt, w.SilentSeconds < worker.Lease.TotalSeconds, w.Running))],
            [.. schedules.Select(s => new ScheduleInfo(s.Name, s.Kind, s.Cron, s.Zone, s.NextAt, s.LastAt))],
            now);
    }

    private static QueueInfo Of(QueueDepth depth, QueueCount[] counts, IEnumerable<QueueMinute> minutes)
    {
        int In(params string[] states) => counts.Where(c => states.Contains(c.State, StringComparer.Ordinal)).Sum(c => c.Count);
        return new(
            depth.Queue, depth.IsPaused, depth.Ready, In("later"), In("behind", "parent"), In("running"), In("dead"), depth.OldestAt,
            [.. minutes.Select(m => new QueueActivity(
                m.Minute, m.Done, m.Retried, m.Died, Average(m.WaitMs, m.Done), Average(m.RunMs, m.Done + m.Retried + m.Died)))]);
    }

    private static double Average(long sum, int count) => count == 0 ? 0 : Math.Round((double)sum / count, 1);
}
