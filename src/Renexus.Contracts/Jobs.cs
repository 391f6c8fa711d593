using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Renexus.Contracts;

/// <summary>A job that somebody asked for, on their own channel: <c>job</c>, when it ends, and as an ephemeral while it runs.</summary>
/// <param name="Id">The job.</param>
/// <param name="Kind">What it does: <c>workspaces.export</c>.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>cancelled</c> or <c>dead</c> (given up after its last try).</param>
/// <param name="Progress">In percent, when it says so.</param>
/// <param name="Note">What it does just now.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Error">Why it was given up.</param>
/// <param name="At">When this was so.</param>
public sealed record JobInfo(Guid Id, string Kind, string State, int? Progress, string? Note, JsonElement? Result, string? Error, DateTimeOffset At);

/// <summary>How the queues, the processes that work on them and the recurring jobs stand, for operators.</summary>
public sealed record JobsOverview(IReadOnlyList<QueueInfo> Queues, IReadOnlyList<WorkerInfo> Workers, IReadOnlyList<ScheduleInfo> Schedules, DateTimeOffset At);

/// <summary>How it all stands at a moment, on the channel <c>ops</c>.</summary>
/// <param name="Overview">Queues, workers, recurring jobs.</param>
/// <param name="Running">The first hundred jobs that run, with their progress.</param>
public sealed record JobsState(JobsOverview Overview, IReadOnlyList<JobRecord> Running);

/// <summary>A queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsPaused">Whether nothing of it is begun.</param>
/// <param name="Ready">Jobs that can begin; counted up to 10 000, 10 001 means more. The same holds for the other counts.</param>
/// <param name="Later">Jobs that wait for their time, to be tried again among them.</param>
/// <param name="Blocked">Jobs that wait for others: of their ordering key, or for their children.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Dead">Jobs that were given up.</param>
/// <param name="OldestAt">When the oldest job that can begin was put in.</param>
/// <param name="Minutes">What happened in each of the last sixty minutes, the oldest first; minutes in which nothing did are left out.</param>
public sealed record QueueInfo(
    string Name, bool IsPaused, int Ready, int Later, int Blocked, int Running, int Dead, DateTimeOffset? OldestAt, IReadOnlyList<QueueActivity> Minutes);

/// <summary>A minute of a queue.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Done">Jobs that ended well, or were cancelled.</param>
/// <param name="Retried">Tries that failed and are repeated.</param>
/// <param name="Died">Jobs that were given up.</param>
/// <param name="WaitMs">How long those that were done had waited, on average.</param>
/// <param name="RunMs">How long a try took, on average.</param>
public sealed record QueueActivity(DateTimeOffset At, int Done, int Retried, int Died, double WaitMs, double RunMs);

/// <summary>A process that works on jobs.</summary>
/// <param name="Id">Its number; a process that was taken for dead comes back under another.</param>
/// <param name="Name">Its machine.</param>
/// <param name="Queues">What it takes jobs of.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="SeenAt">When it last said that it lives.</param>
/// <param name="IsAlive">Whether that is less than 30 s ago.</param>
/// <param name="Running">Jobs it has.</param>
public sealed record WorkerInfo(long Id, string Name, IReadOnlyList<string> Queues, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool IsAlive, int Running);

/// <summary>A recurring job.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of its jobs.</param>
/// <param name="Cron">When: minute, hour, day of the month, month, day of the week.</param>
/// <param name="Zone">By whose clock.</param>
/// <param name="NextAt">When it is due next.</param>
/// <param name="LastAt">When it was due last.</param>
public sealed record ScheduleInfo(string Name, string Kind, string Cron, string Zone, DateTimeOffset? NextAt, DateTimeOffset? LastAt);

/// <summary>A job, for operators.</summary>
/// <param name="Id">The job.</param>
/// <param name="State"><c>ready</c>, <c>later</c>, <c>behind</c> (another of its ordering key comes first), <c>parent</c> (waits for its children), <c>running</c>, <c>done</c>, <c>cancelled</c> or <c>dead</c>.</param>
/// <param name="Queue">Where.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Priority">1 urgent, 5 normal, 9 low.</param>
/// <param name="Attempt">Tries so far, the running one included.</param>
/// <param name="MaxAttempts">Tries in all.</param>
/// <param name="EnqueuedAt">When it was put in.</param>
/// <param name="At">Since when it is in its state; of one that waits for its time, until when.</param>
/// <param name="WorkspaceId">Where it belongs.</param>
/// <param name="Actor">On whose behalf.</param>
/// <param name="UniqueKey">The key that only it may hold.</param>
/// <param name="OrderingKey">What it keeps the order of.</param>
/// <param name="ParentId">The job that waits for it.</param>
/// <param name="Worker">Who has it, or had it.</param>
/// <param name="Progress">In percent.</param>
/// <param name="Note">What it does just now.</param>
/// <param name="Error">Why its last try failed.</param>
/// <param name="Payload">What it carries, without what has the name of a secret; only of a single job.</param>
/// <param name="Result">What it came to; only of a single job.</param>
public sealed record JobRecord(
    Guid Id, string State, string Queue, string Kind, int Priority, int Attempt, int? MaxAttempts, DateTimeOffset EnqueuedAt, DateTimeOffset At, Guid? WorkspaceId,
    Guid? Actor, string? UniqueKey, string? OrderingKey, Guid? ParentId, long? Worker, int? Progress, string? Note, string? Error, JsonElement? Payload, JsonElement? Result);

/// <summary>The first jobs of a state, at most 100.</summary>
public sealed record JobRecords(IReadOnlyList<JobRecord> Items);

/// <summary>Which jobs to show.</summary>
public sealed record JobQuery
{
    /// <summary><c>ready</c>, <c>later</c>, <c>running</c>, <c>done</c> (the last quarter of an hour) or <c>dead</c>, which it is when it is not said.</summary>
    [AllowedValues(null, "ready", "later", "running", "done", "dead", ErrorMessage = "It must be ready, later, running, done or dead.")]
    public string? State { get; init; }

    /// <summary>Only of this queue.</summary>
    [StringLength(100)]
    public string? Queue { get; init; }

    /// <summary>Only of this kind.</summary>
    [StringLength(100)]
    public string? Kind { get; init; }
}

/// <summary>Which dead jobs to put in again: those of a queue, of a kind, or all; the oldest thousand.</summary>
public sealed record ReplayJobsRequest
{
    /// <summary>Only of this queue.</summary>
    [StringLength(100)]
    public string? Queue { get; init; }

    /// <summary>Only of this kind.</summary>
    [StringLength(100)]
    public string? Kind { get; init; }
}

/// <summary>How many jobs were put in again.</summary>
public sealed record ReplayedJobs(int Count);
