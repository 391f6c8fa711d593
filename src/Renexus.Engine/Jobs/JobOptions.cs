namespace Renexus.Engine.Jobs;

/// <summary>How a job is to be done, where that differs from its kind.</summary>
public sealed record JobOptions
{
    internal static readonly JobOptions Default = new();

    /// <summary>Not before this.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Null: the kind's.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>The workspace it is done in: the scope of its transactions. It must be in the scope of the transaction that enqueues.</summary>
    public Guid? WorkspaceId { get; init; }

    /// <summary>On whose behalf. Null: whoever acts now (<see cref="Audit.Origin.Current"/>).</summary>
    public Guid? Actor { get; init; }

    /// <summary>On nobody's behalf, whoever acts now: nothing of the job is to tell of them.</summary>
    public bool ForNobody { get; init; }

    internal Guid? ActorNow => ForNobody ? null : Actor ?? Audit.Origin.Current.Actor;

    /// <summary>
    /// Jobs of the same ordering key are done one after the other, in the order in which they were put in; the next one begins when the one before has ended
    /// for good. Enqueuing holds the key until the transaction ends.
    /// </summary>
    public string? OrderingKey { get; init; }

    /// <summary>While a job holds this key, another one is not put in.</summary>
    public UniqueKey? Unique { get; init; }
}

/// <summary>A key that one job may hold at a time.</summary>
/// <param name="Value">At most 200 characters; one for all kinds, so begin it with the kind's name.</param>
public sealed record UniqueKey(string Value)
{
    /// <summary>
    /// The key is free as soon as the job begins: for "look again" jobs, of which one that has begun may have looked too early. Otherwise it is held until
    /// the job has ended.
    /// </summary>
    public bool OnlyWhileWaiting { get; init; }

    /// <summary>How long it stays taken after the job has ended.</summary>
    public TimeSpan? KeptFor { get; init; }
}

/// <summary>What enqueuing came to.</summary>
/// <param name="Id">The job; when it is not new, the one that has its unique key.</param>
public readonly record struct EnqueuedJob(Guid Id, bool IsNew);

/// <summary>A job that another one waits for.</summary>
public sealed record ChildJob
{
    private ChildJob(JobKind kind, object payload, JobOptions options) => (Kind, Payload, Options) = (kind, payload, options);

    internal JobKind Kind { get; }

    internal object Payload { get; }

    internal JobOptions Options { get; }

    public static ChildJob Of<TPayload>(JobKind<TPayload> kind, TPayload payload, JobOptions? options = null)
        where TPayload : notnull => new(kind, payload, options ?? JobOptions.Default);
}
