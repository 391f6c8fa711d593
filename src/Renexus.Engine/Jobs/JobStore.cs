using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>A worker's side of the tables of jobs: what moves where is in the functions of the schema, planned once and by index alone.</summary>
internal sealed class JobStore(Database database, JobAnnouncer announce, TimeProvider clock)
{
    private sealed record Ended(Guid Id, bool IsBusy);

    private sealed record Beat(Guid[] Cancelled);

    private static readonly Query<ClaimedJob> ClaimReady = new("jobs.claim", """
        select id, queue, kind, priority, turn, attempt, max_attempts, losses, enqueued_at, parent_id, workspace_id, actor, is_told, ordering_key, context, payload
        from jobs.claim($1, $2, $3, $4, $5, $6)
        """);

    private static readonly Query<Ended> Finish = new("jobs.finish", "select id, is_busy from jobs.finish($1, $2, $3, $4, $5, $6, $7, $8, $9)");

    private static readonly Query<Guid> GiveUp = new("jobs.give_up", "select id from jobs.give_up($1, $2, $3, $4, $5, $6, $7)");

    private static readonly Query<string> PromoteDue = new("jobs.promote", "select queue from jobs.promote($1, $2)");

    private static readonly Query<long> Begin = new("jobs.begin_work", "select jobs.begin_work($1, $2, $3)");

    private static readonly Query<Beat> BeatOnce = new("jobs.beat", "select cancelled from jobs.beat($1, $2)");

    private static readonly Query<bool> End = new("jobs.end_work", "select jobs.end_work($1)");

    private static readonly Query<int> Rescue = new("jobs.rescue", "select jobs.rescue($1, $2, $3)");

    private static readonly Query<int> Note = new("jobs.note_progress", "select jobs.note_progress($1, $2, $3, $4, $5)");

    // Read whole: rare, and the price of one index fewer on every job.
    private static readonly Query<RunningAttempt> RunningOf = new("jobs.running_of", "select id, attempt from jobs.running where worker = $1");

    private static readonly Query<bool> Has = new("jobs.has", "select exists (select from jobs.running where id = $1 and worker = $2 and turn = $3)");

    private static readonly Query<JobStatus> Children = new("jobs.children", """
        select case outcome when 0 then 'done' else 'cancelled' end as state, kind, attempt, null::smallint as progress, null::text as note, result, null::text as error,
               workspace_id, actor
        from jobs.done where parent_id = $1
        union all
        select 'dead', kind, attempt, null, null, null, error, workspace_id, actor from jobs.dead where parent_id = $1
        """);

    public async Task<long> BeginAsync(Guid node, string name, string[] queues, CancellationToken cancellationToken) =>
        (await database.QueryJobsAsync(Begin, [node, name, queues], cancellationToken))[0];

    /// <summary>Null: this worker was declared dead. Else which of its jobs somebody wants to end.</summary>
    public async Task<IReadOnlyList<Guid>?> BeatAsync(long worker, bool isDraining, CancellationToken cancellationToken) =>
        (await database.QueryJobsAsync(BeatOnce, [worker, isDraining], cancellationToken)) is [var beat] ? beat.Cancelled : null;

    public Task EndAsync(long worker, CancellationToken cancellationToken) => database.QueryJobsAsync(End, [worker], cancellationToken);

    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(long worker, IReadOnlyList<ClaimLevel> levels, CancellationToken cancellationToken) =>
        database.QueryJobsAsync(
            ClaimReady,
            [worker, levels.Select(l => l.Queue).ToArray(), levels.Select(l => l.Priority).ToArray(), levels.Select(l => l.From).ToArray(),
             levels.Select(l => l.Most).ToArray(), clock.GetUtcNow()],
            cancellationToken);

    /// <summary>Ends jobs of one attempt in a transaction of their own. Those that are in neither list are not this worker's any more.</summary>
    public async Task<(HashSet<Guid> Ended, HashSet<Guid> Busy)> FinishAsync(
        long worker, short attempt, JobOutcome outcome, bool isKept, IReadOnlyList<JobContext> jobs, CancellationToken cancellationToken)
    {
        var rows = await database.QueryJobsAsync(Finish, FinishArgs(worker, attempt, outcome, isKept, waits: false, jobs), cancellationToken);
        return ([.. rows.Where(row => !row.IsBusy).Select(row => row.Id)], [.. rows.Where(row => row.IsBusy).Select(row => row.Id)]);
    }

    /// <summary>Ends a job in somebody's transaction, and tells who asked for it.</summary>
    public async Task FinishAsync(Work work, JobContext job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(Finish, FinishArgs(job.Worker, job.Job.Attempt, outcome, isKept: true, waits: true, [job]), cancellationToken);
        if (rows.Count == 0)
            throw new JobLostException(job.Id);
        Tell(work, job, outcome == JobOutcome.Done ? "done" : "cancelled", error: null);
    }

    /// <summary>The same in a transaction of its own.</summary>
    public async Task FinishAsync(JobContext job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        await FinishAsync(work, job, outcome, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>Takes a job from this worker: to a later time, or, without one, to the dead.</summary>
    /// <returns>False: it was not this worker's any more.</returns>
    public async Task<bool> GiveUpAsync(long worker, JobContext job, DateTimeOffset? runAt, GiveUpReason reason, string? error, CancellationToken cancellationToken)
    {
        Arg[] args = [worker, new[] { job.Id }, new[] { job.Job.Attempt }, new[] { runAt }, new[] { (short)reason }, new[] { error }, clock.GetUtcNow()];
        if (runAt is not null || !job.Job.IsTold)
            return (await database.QueryJobsAsync(GiveUp, args, cancellationToken)).Count > 0;

        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        if ((await work.QueryAsync(GiveUp, args, cancellationToken)).Count == 0)
            return false;
        Tell(work, job, "dead", error);
        await work.CommitAsync(clock.GetUtcNow());
        return true;
    }

    /// <summary>Gives jobs back that were claimed and not begun, or that are to go on elsewhere.</summary>
    public Task ReturnAsync(long worker, IReadOnlyList<RunningAttempt> jobs, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.QueryJobsAsync(
            GiveUp,
            [worker, jobs.Select(j => j.Id).ToArray(), jobs.Select(j => j.Attempt).ToArray(), jobs.Select(_ => (DateTimeOffset?)now).ToArray(),
             jobs.Select(_ => (short)GiveUpReason.Returned).ToArray(), new string?[jobs.Count], now],
            cancellationToken);
    }

    /// <summary>What runs on this worker, as the database has it.</summary>
    public Task<IReadOnlyList<RunningAttempt>> RunningAsync(long worker, CancellationToken cancellationToken) =>
        database.QueryJobsAsync(RunningOf, [worker], cancellationToken);

    /// <summary>Whether its worker has it still from the claim that it came by.</summary>
    public async Task<bool> HasAsync(JobContext job, CancellationToken cancellationToken) =>
        (await database.QueryJobsAsync(Has, [job.Id, job.Worker, job.Job.Turn], cancellationToken))[0];

    public Task<IReadOnlyList<string>> PromoteAsync(int most, CancellationToken cancellationToken) =>
        database.QueryJobsAsync(PromoteDue, [most, clock.GetUtcNow()], cancellationToken);

    public async Task<int> RescueAsync(TimeSpan lease, int most, CancellationToken cancellationToken) =>
        (await database.QueryJobsAsync(Rescue, [lease, most, clock.GetUtcNow()], cancellationToken))[0];

    public Task NoteAsync(long worker, IReadOnlyList<JobContext> jobs, CancellationToken cancellationToken) =>
        database.QueryJobsAsync(
            Note,
            [worker, jobs.Select(j => j.Id).ToArray(), jobs.Select(j => j.Job.Attempt).ToArray(), jobs.Select(j => j.Progress ?? 0).ToArray(),
             jobs.Select(j => j.Note).ToArray()],
            cancellationToken);

    public Task<IReadOnlyList<JobStatus>> ChildrenAsync(Guid parent, CancellationToken cancellationToken) =>
        database.QueryJobsAsync(Children, [parent], cancellationToken);

    private Arg[] FinishArgs(long worker, short attempt, JobOutcome outcome, bool isKept, bool waits, IReadOnlyList<JobContext> jobs) =>
    [
        worker,
        attempt,
        jobs.Select(j => j.Id).ToArray(),
        jobs.Any(j => j.Result is not null) ? jobs.Select(j => j.Result).ToArray() : Arg.NoTexts,
        jobs.Any(j => j.Job.OrderingKey is not null) ? jobs.Where(j => j.Job.OrderingKey is not null).Select(j => j.Job.OrderingKey).ToArray() : Arg.NoTexts,
        waits,
        (short)outcome,
        isKept,
        clock.GetUtcNow(),
    ];

    private void Tell(Work work, JobContext job, string state, string? error)
    {
        if (job.Job is { IsTold: true, Actor: { } actor })
            announce(work, new JobNews(job.Id, job.Job.Kind, state, actor, job.WorkspaceId, job.Progress, job.Note, job.Result, error, clock.GetUtcNow()));
    }
}

/// <summary>Says in the transaction that ends a job, to whoever asked for it, that it ended: the host knows the channel.</summary>
public delegate void JobAnnouncer(Work work, JobNews news);

/// <summary>An attempt at a job.</summary>
internal sealed record RunningAttempt(Guid Id, short Attempt);

/// <summary>One line of a queue, and from which turn on it is looked at.</summary>
internal readonly record struct ClaimLevel(string Queue, short Priority, long From, int Most);

/// <summary>Why a job is not finished by the worker that has it.</summary>
internal enum GiveUpReason : short
{
    Failed = 1,
    Returned = 3,
    PutOff = 4,
}
