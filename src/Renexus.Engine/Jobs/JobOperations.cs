using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>
/// What operators see of jobs, and do to them. It knows no permissions: the caller has seen to it that it is an operator who asks, and writes the deed down in the
/// same transaction.
/// </summary>
public sealed class JobOperations(Database database, JobClient client, TimeProvider clock)
{
    /// <summary>Beyond this many, a depth is only "more": counting on would cost more the longer the line is.</summary>
    public const int MostCounted = 10_000;

    /// <summary>Dead jobs that one call puts in again.</summary>
    public const int MostReplayed = 1_000;

    private static readonly Query<QueueDepth> Depths = new("jobs.depths", """
        select q.name as queue, coalesce(p.is_paused, false) as is_paused,
               (select count(*) from (select 1 from jobs.ready r where r.queue = q.name limit 10001) x)::integer as ready,
               (select min(o.enqueued_at) from (values (1::smallint), (5::smallint), (9::smallint)) l (priority)
                cross join lateral (select r.enqueued_at from jobs.ready r where r.queue = q.name and r.priority = l.priority order by r.turn limit 1) o) as oldest_at
        from unnest($1::text[]) q (name) left join jobs.queue p on p.name = q.name
        """);

    // Small by nature, or capped: running jobs are as many as the workers have places for.
    private static readonly Query<QueueCount> Counts = new("jobs.counts", """
        select queue, 'running' as state, count(*)::integer as count from jobs.running group by queue
        union all select queue, 'later', count(*)::integer from (select l.queue from jobs.later l order by l.run_at limit 10001) x group by queue
        union all select queue, 'behind', count(*)::integer from (select b.queue from jobs.behind b limit 10001) x group by queue
        union all select queue, 'parent', count(*)::integer from (select p.queue from jobs.parent p limit 10001) x group by queue
        union all select queue, 'dead', count(*)::integer from (select d.queue from jobs.dead d order by d.died_at desc limit 10001) x group by queue
        """);

    private static readonly Query<QueueMinute> Minutes = new("jobs.minutes", """
        select queue, minute, sum(done)::integer as done, sum(retried)::integer as retried, sum(died)::integer as died,
               sum(wait_ms)::bigint as wait_ms, sum(run_ms)::bigint as run_ms
        from jobs.minute where minute > $1 group by queue, minute order by minute
        """);

    private static readonly Query<WorkerRow> Workers = new("jobs.workers", """
        select w.id, w.name, w.queues, w.started_at, w.beat_at, w.is_draining, extract(epoch from now() - w.beat_at)::double precision as silent_seconds,
               (select count(*) from jobs.running r where r.worker = w.id)::integer as running
        from jobs.worker w order by w.id
        """);

    private static readonly Query<ScheduleRow> Schedules = new("jobs.schedules", """
        select name, kind, cron, zone, is_paused, next_at, last_at from jobs.schedule order by name
        """);

    private const string Columns = "id, queue, kind, priority, attempt, max_attempts, enqueued_at, workspace_id, actor, unique_key, ordering_key, parent_id";

    private static readonly string Everything = $"""
        select 'ready' as state, {Columns}, enqueued_at as at, null::bigint as worker, null::smallint as progress, null::text as note, null::text as error, payload, null::text as result from jobs.ready
        union all select 'later', {Columns}, run_at, null, null, null, last_error, payload, null from jobs.later
        union all select 'behind', {Columns}, enqueued_at, null, null, null, null, payload, null from jobs.behind
        union all select 'parent', {Columns}, enqueued_at, null, ((succeeded + failed) * 100 / greatest(total, 1))::smallint, null, null, payload, null from jobs.parent
        union all select 'running', {Columns}, claimed_at, worker, progress, note, null, payload, null from jobs.running
        union all select 'dead', {Columns}, died_at, null, null, null, error, payload, null from jobs.dead
        union all select case outcome when 0 then 'done' else 'cancelled' end, id, queue, kind, priority, attempt, null::smallint, enqueued_at, workspace_id, actor, null, null, parent_id,
                         finished_at, worker, null, null, null, payload, result from jobs.done
        """;

    private static readonly Query<JobRow> ById = new("jobs.by_id", $"select * from ({Everything}) j where j.id = $1 limit 1");

    private static readonly Query<JobRow> Ready = ListOf("ready", "queue, priority, turn", "enqueued_at as at, null::bigint as worker, null::smallint as progress, null::text as note, null::text as error, null::text as result");
    private static readonly Query<JobRow> Later = ListOf("later", "run_at", "run_at as at, null::bigint as worker, null::smallint as progress, null::text as note, last_error as error, null::text as result");
    private static readonly Query<JobRow> Running = ListOf("running", "claimed_at", "claimed_at as at, worker, progress, note, null::text as error, null::text as result");
    private static readonly Query<JobRow> Dead = ListOf("dead", "died_at desc", "died_at as at, null::bigint as worker, null::smallint as progress, null::text as note, error, null::text as result");

    private static readonly Query<JobRow> Done = new("jobs.list_done", $"""
        select case outcome when 0 then 'done' else 'cancelled' end as state, id, queue, kind, priority, attempt, null::smallint as max_attempts, enqueued_at, workspace_id, actor,
               null::text as unique_key, null::text as ordering_key, parent_id, finished_at as at, worker, null::smallint as progress, null::text as note, null::text as error,
               ''::text as payload, null::text as result
        from jobs.done
        where slot = (extract(epoch from $1::timestamptz)::bigint / 345600 % 4)::smallint and finished_at > $1::timestamptz - interval '15 minutes'
          and ($2::text is null or queue = $2) and ($3::text is null or kind = $3)
        order by finished_at desc limit $4
        """);

    private static readonly Query<int> Forget = new("jobs.forget", "select jobs.forget($1)");
    private static readonly Command Pause = new("jobs.pause", "select jobs.pause($1, $2, $3, $4)");
    private static readonly Query<string> Replay = new("jobs.replay", "select queue from jobs.replay($1, $2, $3, $4, $5)");
    private static readonly Query<string> Hurry = new("jobs.hurry", "select queue from jobs.hurry($1, $2) h (queue)");
    private static readonly Query<string> Discard = new("jobs.discard", "select queue from jobs.discard($1) d (queue)");

    /// <summary>How the queues stand, with what happened in each minute since a moment.</summary>
    public async Task<(IReadOnlyList<QueueDepth> Depths, IReadOnlyList<QueueCount> Counts, IReadOnlyList<QueueMinute> Minutes)> QueuesAsync(
        IReadOnlyCollection<string> queues, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await database.QueryLogAsync(Depths, [queues.ToArray()], cancellationToken),
         await database.QueryLogAsync(Counts, [], cancellationToken),
         await database.QueryLogAsync(Minutes, [since], cancellationToken));

    public Task<IReadOnlyList<WorkerRow>> WorkersAsync(CancellationToken cancellationToken) => database.QueryLogAsync(Workers, [], cancellationToken);

    public Task<IReadOnlyList<ScheduleRow>> SchedulesAsync(CancellationToken cancellationToken) => database.QueryLogAsync(Schedules, [], cancellationToken);

    /// <summary>The first so many jobs of a state: waiting ones in their order, ended and dead ones newest first.</summary>
    /// <param name="state"><c>ready</c>, <c>later</c>, <c>running</c>, <c>done</c> (the last quarter of an hour) or <c>dead</c>.</param>
    public Task<IReadOnlyList<JobRow>> ListAsync(string state, string? queue, string? kind, int limit, CancellationToken cancellationToken) => state switch
    {
        "ready" => database.QueryLogAsync(Ready, [queue, kind, limit], cancellationToken),
        "later" => database.QueryLogAsync(Later, [queue, kind, limit], cancellationToken),
        "running" => database.QueryLogAsync(Running, [queue, kind, limit], cancellationToken),
        "dead" => database.QueryLogAsync(Dead, [queue, kind, limit], cancellationToken),
        "done" => database.QueryLogAsync(Done, [clock.GetUtcNow(), queue, kind, limit], cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state that can be listed."),
    };

    /// <summary>A job with everything known of it; null when nobody knows it any more.</summary>
    public async Task<JobRow?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.QueryLogAsync(ById, [id], cancellationToken)) is [var job] ? job : null;

    /// <summary>Lets nothing more of a queue begin, or lets it go on. What runs, runs.</summary>
    public async Task PauseAsync(Work work, string queue, bool isPaused, Guid by, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(Pause, [queue, isPaused, by, clock.GetUtcNow()], cancellationToken);
        if (!isPaused)
            work.AfterCommit(() => client.Wake(queue));
    }

    /// <summary>Puts a dead job in again, or lets one that waits for its time begin now. False when it is neither.</summary>
    public async Task<bool> RetryAsync(Work work, Guid id, CancellationToken cancellationToken)
    {
        if (await work.QueryFirstAsync(Hurry, [id, clock.GetUtcNow()], cancellationToken) is not null)
        {
            work.AfterCommit(() => client.Hurry(clock.GetUtcNow()));
            return true;
        }
        return await ReplayAsync(work, id, queue: null, kind: null, most: 1, cancellationToken) > 0;
    }

    /// <summary>Puts the oldest dead jobs of a queue or kind in again. Answers how many.</summary>
    public Task<int> ReplayAsync(Work work, string? queue, string? kind, CancellationToken cancellationToken) =>
        ReplayAsync(work, id: null, queue, kind, MostReplayed, cancellationToken);

    /// <summary>Throws a dead job away. False when it is not dead.</summary>
    public static async Task<bool> DiscardAsync(Work work, Guid id, CancellationToken cancellationToken) =>
        await work.QueryFirstAsync(Discard, [id], cancellationToken) is not null;

    /// <summary>Forgets what is past its time. Answers how many keys and counters that were; ended jobs go four days at a time.</summary>
    public async Task<int> ForgetAsync(CancellationToken cancellationToken) =>
        (await database.QueryJobsAsync(Forget, [clock.GetUtcNow()], cancellationToken))[0];

    private async Task<int> ReplayAsync(Work work, Guid? id, string? queue, string? kind, int most, CancellationToken cancellationToken)
    {
        var queues = await work.QueryAsync(Replay, [id, queue, kind, most, clock.GetUtcNow()], cancellationToken);
        foreach (var name in queues.Distinct(StringComparer.Ordinal))
            work.AfterCommit(() => client.Wake(name));
        return queues.Count;
    }

    private static Query<JobRow> ListOf(string table, string order, string columns) => new($"jobs.list_{table}", $"""
        select '{table}' as state, id, queue, kind, priority, attempt, max_attempts, enqueued_at, workspace_id, actor, unique_key, ordering_key, parent_id,
               {columns.Replace("null::text as result", "''::text as payload, null::text as result", StringComparison.Ordinal)}
        from jobs.{table}
        where ($1::text is null or queue = $1) and ($2::text is null or kind = $2)
        order by {order} limit $3
        """);
}

/// <summary>How deep a queue is; <see cref="JobOperations.MostCounted"/> + 1 means more.</summary>
public sealed record QueueDepth(string Queue, bool IsPaused, int Ready, DateTimeOffset? OldestAt);

/// <summary>Jobs of a queue in a state.</summary>
public sealed record QueueCount(string Queue, string State, int Count);

/// <summary>What happened in a minute.</summary>
/// <param name="WaitMs">Between putting in and beginning, of all that were done.</param>
/// <param name="RunMs">How long attempts took, all together.</param>
public sealed record QueueMinute(string Queue, DateTimeOffset Minute, int Done, int Retried, int Died, long WaitMs, long RunMs);

/// <summary>A process that works.</summary>
public sealed record WorkerRow(
    long Id, string Name, string[] Queues, DateTimeOffset StartedAt, DateTimeOffset BeatAt, bool IsDraining, double SilentSeconds, int Running);

/// <summary>A recurring job.</summary>
public sealed record ScheduleRow(string Name, string Kind, string Cron, string Zone, bool IsPaused, DateTimeOffset? NextAt, DateTimeOffset? LastAt);

/// <summary>A job as operators see it.</summary>
/// <param name="At">Since when it is in its state, or, when it waits for its time, until when.</param>
public sealed record JobRow(
    string State, Guid Id, string Queue, string Kind, short Priority, short Attempt, short? MaxAttempts, DateTimeOffset EnqueuedAt, Guid? WorkspaceId, Guid? Actor,
    string? UniqueKey, string? OrderingKey, Guid? ParentId, DateTimeOffset At, long? Worker, short? Progress, string? Note, string? Error, string Payload, string? Result);
