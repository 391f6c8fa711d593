namespace Renexus.Engine.Jobs;

/// <summary>A line that jobs wait in, with workers of its own, so that a slow kind of work never holds up another.</summary>
/// <param name="Name">As operators see it.</param>
public sealed record JobQueue(string Name)
{
    /// <summary>Jobs of it that one process runs at once.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>
    /// Jobs that a process claims beyond those that run, so that it need not ask between quick ones. They wait behind the slow ones: 0 for work that takes
    /// longer than a moment.
    /// </summary>
    public int Prefetch { get; init; }
}

/// <summary>Which of a queue's jobs come first; first in, first out within each.</summary>
public enum JobPriority : short
{
    Urgent = 1,
    Normal = 5,
    Low = 9,
}

/// <summary>How a failed job is tried again: after <c>First × Factor^(attempt − 1)</c>, at most <c>Longest</c>, and of that a random part between the half and the whole.</summary>
public sealed record RetryPolicy
{
    /// <summary>Tries in all; after the last one the job is dead.</summary>
    public int MaxAttempts { get; init; } = 10;

    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(5);

    public double Factor { get; init; } = 4;

    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause after an attempt that failed.</summary>
    public TimeSpan PauseAfter(int attempt, double random)
    {
        var pause = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(Factor, attempt - 1));
        return TimeSpan.FromSeconds(pause * (0.5 + (random / 2)));
    }
}

/// <summary>What kind of error a handler met, which decides what becomes of the job.</summary>
public enum JobError
{
    /// <summary>It may work next time: try again by the policy.</summary>
    Passing,

    /// <summary>It never will: the job is dead at once.</summary>
    Lasting,
}

/// <summary>
/// A kind of job: its name, its queue and how it is treated. Keep each as a <c>static readonly</c> field beside its handler. The name is stored: once
/// in use it stays, and so does what its payload can be read from.
/// </summary>
/// <typeparam name="TPayload">What a job carries: ids and little else, at most <see cref="JobClient.MaxPayloadBytes"/> as JSON, never a secret.</typeparam>
/// <param name="Name">Feature and deed, with a dot between.</param>
public sealed record JobKind<TPayload>(string Name, JobQueue Queue) : JobKind(Name, Queue);

/// <inheritdoc cref="JobKind{TPayload}"/>
public abstract record JobKind(string Name, JobQueue Queue)
{
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    public RetryPolicy Retry { get; init; } = new();

    /// <summary>How long one attempt may take; then its token is cancelled and it counts as failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether what has ended is kept for a while, to be looked at and followed.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>Whether whoever caused a job is told of its progress and its end, on their own channel.</summary>
    public bool TellsActor { get; init; }

    /// <summary>What kind of error an exception is. <see cref="JobFailedException"/> and <see cref="JobPutOffException"/> say it themselves.</summary>
    public Func<Exception, JobError> Classify { get; init; } = static _ => JobError.Passing;
}
