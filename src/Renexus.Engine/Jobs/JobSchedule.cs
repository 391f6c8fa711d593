namespace Renexus.Engine.Jobs;

/// <summary>What becomes of times at which no scheduler ran.</summary>
public enum MissedTimes : short
{
    /// <summary>Nothing: the next one is early enough.</summary>
    Skip = 0,

    /// <summary>One job for all of them.</summary>
    Once = 1,

    /// <summary>A job for each, the last hundred at the most.</summary>
    Each = 2,
}

/// <summary>A job that recurs. A feature declares it with <c>AddSchedule</c>, or puts it in at run time with <see cref="JobScheduler.PutAsync"/>.</summary>
/// <param name="Name">Its own, and the first part of its jobs' unique keys.</param>
/// <param name="Cron">See <see cref="CronTimes"/>.</param>
public sealed record JobSchedule(string Name, string Cron, JobKind Kind, object Payload)
{
    /// <summary>Whose clock, by its IANA name.</summary>
    public string Zone { get; init; } = "UTC";

    public MissedTimes Missed { get; init; } = MissedTimes.Once;
}

/// <summary>A payload for jobs that need none.</summary>
public sealed record NoPayload;
