using System.Text.Json;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>A job that runs, as its handler sees it.</summary>
public sealed class JobContext
{
    private readonly JobStore store;

    internal JobContext(ClaimedJob job, long worker, JobStore store) => (Job, Worker, this.store) = (job, worker, store);

    internal ClaimedJob Job { get; }

    /// <summary>Who claimed it; with the attempt it says whose end of it counts.</summary>
    internal long Worker { get; }

    public Guid Id => Job.Id;

    /// <summary>1 for the first try.</summary>
    public int Attempt => Job.Attempt;

    /// <summary>Whether the job is dead when this attempt fails.</summary>
    public bool IsLastAttempt => Job.Attempt >= Job.MaxAttempts;

    /// <summary>The workspace it is done in, if any.</summary>
    public Guid? WorkspaceId => Job.WorkspaceId;

    /// <summary>On whose behalf, if anybody's.</summary>
    public Guid? Actor => Job.Actor;

    /// <summary>What its transactions may see: its workspace, else what its actor may see, else nothing of anybody's.</summary>
    public Scope Scope => Job.WorkspaceId is { } workspace ? Scope.In(workspace) : Job.Actor is { } actor ? Scope.Of(actor) : Scope.None;

    /// <summary>What it comes to, as JSON, kept with the job. Set by <see cref="SetResult{T}"/>.</summary>
    internal string? Result { get; private set; }

    internal short? Progress { get; private set; }

    internal string? Note { get; private set; }

    internal bool HasNews { get; set; }

    /// <summary>The handler has ended it in its own transaction.</summary>
    internal bool IsCompleted { get; private set; }

    /// <summary>Keeps what the job came to. Nothing secret: operators and its actor see it.</summary>
    public void SetResult<T>(T result) => Result = JsonSerializer.Serialize(result, JobClient.Json);

    /// <summary>Says how far it is. As often as it likes: what is told is at most the last of each second, and lost without harm.</summary>
    /// <param name="percent">0 to 100.</param>
    public void Report(int percent, string? note = null)
    {
        (Progress, Note) = ((short)Math.Clamp(percent, 0, 100), note);
        HasNews = true;
    }

    /// <summary>
    /// Ends the job in the handler's own transaction: what it did and that it is done commit together, so it happens exactly once. The last statement
    /// before the commit, after <see cref="SetResult{T}"/>.
    /// </summary>
    /// <exception cref="JobLostException">The job is another worker's by now: leave the transaction uncommitted.</exception>
    public async Task CompleteAsync(Work work, CancellationToken cancellationToken)
    {
        await store.FinishAsync(work, this, JobOutcome.Done, cancellationToken);
        work.AfterCommit(() => IsCompleted = true);
    }

    /// <summary>How the jobs it waited for ended.</summary>
    public Task<IReadOnlyList<JobStatus>> ChildrenAsync(CancellationToken cancellationToken) => store.ChildrenAsync(Id, cancellationToken);
}

/// <summary>How a job ended that is not dead.</summary>
internal enum JobOutcome : short
{
    Done = 0,
    Cancelled = 1,
}

/// <summary>A job as a worker claimed it.</summary>
internal sealed record ClaimedJob(
    Guid Id, string Queue, string Kind, short Priority, long Turn, short Attempt, short MaxAttempts, short Losses, DateTimeOffset EnqueuedAt,
    Guid? ParentId, Guid? WorkspaceId, Guid? Actor, bool IsTold, string? OrderingKey, string? Context, string Payload);

/// <summary>The end of a job, or news of how far it is, for whoever asked for it.</summary>
/// <param name="State">As in <see cref="JobStatus.State"/>.</param>
/// <param name="Actor">Who is told.</param>
public sealed record JobNews(
    Guid Id, string Kind, string State, Guid Actor, Guid? WorkspaceId, short? Progress, string? Note, string? Result, string? Error, DateTimeOffset At);
