using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>Puts jobs in, follows and cancels them (docs/spec/jobs.md).</summary>
public sealed class JobClient(Database database, HintBus hints, TimeProvider clock)
{
    /// <summary>Most bytes of a payload as JSON.</summary>
    public const int MaxPayloadBytes = 64 * 1024;

    /// <summary>Most characters of a unique or ordering key.</summary>
    public const int MaxKeyLength = 200;

    internal const string Signal = "jobs";
    internal const string CancelSignal = "job-cancel";

    private const int AtOnce = 1000;

    // Lenient on purpose: jobs outlive deployments, so newer code reads older payloads and older code newer ones.
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private sealed record Duplicate(Guid DuplicateId, Guid Existing);

    private static readonly Query<Duplicate> Put = new("jobs.enqueue", """
        select duplicate as duplicate_id, existing
        from jobs.enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """);

    private static readonly Command PutParent = new("jobs.enqueue_parent", """
        select jobs.enqueue_parent($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """);

    private static readonly Query<short> End = new("jobs.cancel", "select jobs.cancel($1, $2)");

    private static readonly Query<JobStatus> Find = new("jobs.find", """
        select 'ready' as state, kind, attempt, null::smallint as progress, null::text as note, null::text as result, null::text as error, workspace_id, actor from jobs.ready where id = $1
        union all select 'later', kind, attempt, null, null, null, last_error, workspace_id, actor from jobs.later where id = $1
        union all select 'behind', kind, attempt, null, null, null, null, workspace_id, actor from jobs.behind where id = $1
        union all select 'parent', kind, attempt, ((succeeded + failed) * 100 / greatest(total, 1))::smallint, null, null, null, workspace_id, actor from jobs.parent where id = $1
        union all select 'running', kind, attempt, progress, note, null, null, workspace_id, actor from jobs.running where id = $1
        union all select case outcome when 0 then 'done' else 'cancelled' end, kind, attempt, null, null, result, null, workspace_id, actor from jobs.done where id = $1
        union all select 'dead', kind, attempt, null, null, null, error, workspace_id, actor from jobs.dead where id = $1
        limit 1
        """);

    /// <summary>Raised on the committing thread when jobs of a queue became ready on this node.</summary>
    internal event Action<string>? Ready;

    /// <summary>Puts a job in, in the caller's transaction: it exists if that commits, and not before (JB-2).</summary>
    /// <exception cref="JobTooLargeException">The payload is too large.</exception>
    public async Task<EnqueuedJob> EnqueueAsync<TPayload>(
        Work work, JobKind<TPayload> kind, TPayload payload, CancellationToken cancellationToken, JobOptions? options = null)
        where TPayload : notnull
    {
        var jobs = await EnqueueAsync(work, kind, [Serialize(kind, payload)], [options ?? JobOptions.Default], parent: null, cancellationToken);
        return jobs[0];
    }

    /// <summary>Puts many jobs of one kind in, a statement for each thousand of alike options.</summary>
    /// <param name="optionsOf">What differs for each; keys may, at no cost.</param>
    public Task EnqueueAllAsync<TPayload>(
        Work work, JobKind<TPayload> kind, IEnumerable<TPayload> payloads, CancellationToken cancellationToken, Func<TPayload, JobOptions>? optionsOf = null)
        where TPayload : notnull =>
        EnqueueAllAsync(work, payloads.Select(payload => ChildJob.Of(kind, payload, optionsOf?.Invoke(payload))), parent: null, cancellationToken);

    /// <summary>Puts a job in that waits until its children have ended, whether they were done, died or were cancelled. Its handler sees how they ended.</summary>
    /// <returns>The id of the job that waits.</returns>
    public async Task<Guid> EnqueueParentAsync<TPayload>(
        Work work, JobKind<TPayload> kind, TPayload payload, IReadOnlyCollection<ChildJob> children, CancellationToken cancellationToken, JobOptions? options = null)
        where TPayload : notnull
    {
        options ??= JobOptions.Default;
        if (children.Count == 0)
            return (await EnqueueAsync(work, kind, payload, cancellationToken, options)).Id;
        if (options.Unique is not null || options.OrderingKey is not null || options.RunAt is not null)
            throw new ArgumentException("A job that waits for others takes no key and no time.", nameof(options));
        if (children.Any(child => child.Options.Unique is not null))
            throw new ArgumentException("A job that another one waits for takes no unique key: it might not be put in.", nameof(children));

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await work.ExecuteAsync(
            PutParent,
            [id, Serialize(kind, payload), kind.Queue.Name, kind.Name, (short)(options.Priority ?? kind.Priority), (short)kind.Retry.MaxAttempts, options.WorkspaceId,
             options.ActorNow, kind.TellsActor, JobContextText.Current(), children.Count, now],
            cancellationToken);
        await EnqueueAllAsync(work, children, id, cancellationToken);
        return id;
    }

    /// <summary>
    /// Asks a job to end: one that waits does so at once, when the transaction commits; of one that runs the token is cancelled, and what its handler
    /// makes of that decides. False when there is no such job any more. The caller has seen to it that it may be cancelled.
    /// </summary>
    public async Task<bool> CancelAsync(Work work, Guid id, CancellationToken cancellationToken)
    {
        var found = await work.QueryFirstAsync(End, [id, clock.GetUtcNow()], cancellationToken);
        if (found == 2)
            work.AfterCommit(() => AskToEnd(id));
        return found > 0;
    }

    /// <summary>How a job stands; null when nobody knows it any more. It shows every job: the caller has seen to it that it may be seen.</summary>
    public async Task<JobStatus?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await database.QueryLogAsync(Find, [id], cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Raised on the committing thread when a job was put in on this node that is to be done later.</summary>
    internal event Action<DateTimeOffset>? Delayed;

    /// <summary>A running job is to end: told to this node, and to the others.</summary>
    internal event Action<Guid>? Cancelled;

    /// <summary>Wakes whoever works on a queue, here and on other nodes.</summary>
    internal void Wake(string queue)
    {
        Ready?.Invoke(queue);
        if (hints.HasPeers)
            hints.Signal(Signal, queue);
    }

    /// <summary>Something that waited for its time is due.</summary>
    internal void Hurry(DateTimeOffset at) => Delayed?.Invoke(at);

    internal void AskToEnd(Guid id)
    {
        Cancelled?.Invoke(id);
        hints.Signal(CancelSignal, id.ToString("N"));
    }

    internal static string Serialize(JobKind kind, object payload)
    {
        var text = JsonSerializer.Serialize(payload, payload.GetType(), Json);
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        return bytes <= MaxPayloadBytes ? text : throw new JobTooLargeException(kind.Name, bytes);
    }

    /// <summary>The same with a payload that is JSON already.</summary>
    internal async Task<EnqueuedJob> EnqueueTextAsync(Work work, JobKind kind, string payload, JobOptions options, CancellationToken cancellationToken) =>
        (await EnqueueAsync(work, kind, [payload], [options], parent: null, cancellationToken))[0];

    private async Task EnqueueAllAsync(Work work, IEnumerable<ChildJob> jobs, Guid? parent, CancellationToken cancellationToken)
    {
        foreach (var alike in jobs.GroupBy(job => (job.Kind, job.Options with { OrderingKey = null, Unique = job.Options.Unique is { } key ? key with { Value = "" } : null })))
        {
            foreach (var some in alike.Chunk(AtOnce))
                await EnqueueAsync(work, alike.Key.Kind, [.. some.Select(job => Serialize(job.Kind, job.Payload))], [.. some.Select(job => job.Options)], parent, cancellationToken);
        }
    }

    /// <param name="options">One for each payload; what is not a key is the first one's.</param>
    private async Task<IReadOnlyList<EnqueuedJob>> EnqueueAsync(
        Work work, JobKind kind, string[] payloads, JobOptions[] options, Guid? parent, CancellationToken cancellationToken)
    {
        if (payloads.Length == 0)
            return [];
        var now = clock.GetUtcNow();
        var ids = new Guid[payloads.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = Guid.CreateVersion7(now);
        var common = options[0];
        var duplicates = await work.QueryAsync(
            Put,
            [ids, payloads, KeysOf(options, payloads.Length, static o => o.Unique?.Value), KeysOf(options, payloads.Length, static o => o.OrderingKey),
             kind.Queue.Name, kind.Name, (short)(common.Priority ?? kind.Priority), (short)kind.Retry.MaxAttempts,
             common.RunAt is { } at && at > now ? at : (DateTimeOffset?)null, parent, common.WorkspaceId, common.ActorNow, kind.TellsActor,
             common.Unique is { OnlyWhileWaiting: true }, common.Unique?.KeptFor, JobContextText.Current(), now],
            cancellationToken);
        if (duplicates.Count < payloads.Length && common.RunAt is { } later && later > now)
            work.AfterCommit(() => Delayed?.Invoke(later));
        else if (duplicates.Count < payloads.Length)
            work.AfterCommit(() => Wake(kind.Queue.Name));
        var known = duplicates.ToDictionary(duplicate => duplicate.DuplicateId, duplicate => duplicate.Existing);
        return [.. ids.Select(id => known.TryGetValue(id, out var existing) ? new EnqueuedJob(existing, IsNew: false) : new EnqueuedJob(id, IsNew: true))];
    }

    private static Arg KeysOf(JobOptions[] options, int count, Func<JobOptions, string?> keyOf)
    {
        if (options.All(o => keyOf(o) is null))
            return Arg.NoTexts;
        var keys = new string?[count];
        for (var i = 0; i < count; i++)
        {
            keys[i] = keyOf(options[i]);
            if (keys[i]?.Length is 0 or > MaxKeyLength)
                throw new ArgumentException($"A key has 1 to {MaxKeyLength} characters.", nameof(options));
        }
        return keys;
    }
}

/// <summary>How a job stands.</summary>
/// <param name="State"><c>ready</c>, <c>later</c>, <c>behind</c>, <c>parent</c>, <c>running</c>, <c>done</c>, <c>cancelled</c> or <c>dead</c>.</param>
/// <param name="Progress">In percent, where its handler says it; of a parent, how many of its children have ended.</param>
/// <param name="Result">As JSON.</param>
public sealed record JobStatus(
    string State, string Kind, short Attempt, short? Progress, string? Note, string? Result, string? Error, Guid? WorkspaceId, Guid? Actor)
{
    /// <summary>Whether nothing more will come of it by itself.</summary>
    public bool IsOver => State is "done" or "cancelled" or "dead";
}

/// <summary>What a job takes along from the request that caused it: under which id it is found again, and its trace.</summary>
internal sealed record JobContextText(string? Correlation, string? Trace)
{
    public static string? Current()
    {
        var (correlation, trace) = (Origin.Current.CorrelationId, Activity.Current?.Id);
        return correlation is null && trace is null ? null : JsonSerializer.Serialize(new JobContextText(correlation, trace), JobClient.Json);
    }

    public static JobContextText Parse(string? text) =>
        text is null ? new(null, null) : JsonSerializer.Deserialize<JobContextText>(text, JobClient.Json) ?? new(null, null);
}
