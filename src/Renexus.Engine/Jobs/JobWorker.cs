using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>
/// Works on jobs (docs/spec/jobs.md). It claims in batches what its queues have room for, runs each in the scope and on behalf of whom it was put
/// in for, and ends them in batches. The lease is the process's: a process that dies loses all its jobs to others, one that was taken for dead notices and begins anew.
/// </summary>
public sealed partial class JobWorker : IAsyncDisposable
{
    private const int MaxClaim = 500;
    private const int MaxEnding = 5_000;
    private const int PromoteAtOnce = 1_000;
    private const int RescueAtOnce = 1_000;
    private const int ReverseEvery = 8;

    // Looking from the beginning again costs what dead entries there are: at most a tenth of the time is spent on it.
    private const int SweepShare = 10;

    private static readonly TimeSpan LongestSweepPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(20);

    private readonly JobClient client;
    private readonly HintBus hints;
    private readonly JobStore store;
    private readonly JobWorkerOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<JobWorker> logger;
    private readonly FrozenDictionary<string, JobDefinition> definitions;
    private readonly FrozenDictionary<string, WorkQueue> queues;
    private readonly ConcurrentDictionary<Guid, Run> running = new();

    // All that were claimed and whose end the database has not heard of yet.
    private readonly ConcurrentDictionary<Guid, JobContext> held = new();
    private readonly Lock gate = new();
    private readonly Signal claimable = new();
    private readonly Signal due = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ending = new();
    private readonly GroupCommit<Ending, Ended> finisher;
    private long worker;
    private int unfinished;
    private Task[] loops = [];
    private DateTimeOffset nextDue = DateTimeOffset.MaxValue;

    public JobWorker(
        Database database, HintBus hints, JobClient client, IEnumerable<JobDefinition> definitions, JobAnnouncer announce, JobWorkerOptions options,
        TimeProvider clock, ILogger<JobWorker> logger)
    {
        (this.client, this.hints, this.options, this.clock, this.logger) = (client, hints, options, clock, logger);
        store = new JobStore(database, announce, clock);
        this.definitions = definitions.ToFrozenDictionary(definition => definition.Kind.Name, StringComparer.Ordinal);
        queues = this.definitions.Values.Select(definition => definition.Kind.Queue).DistinctBy(queue => queue.Name, StringComparer.Ordinal)
            .ToFrozenDictionary(queue => queue.Name, queue => new WorkQueue(queue), StringComparer.Ordinal);
        finisher = new GroupCommit<Ending, Ended>(
            new GroupCommitOptions { MaxBatchSize = MaxClaim, Writers = 1, Capacity = int.MaxValue }, static _ => Guid.Empty, static ending => ending.Job.Id, FinishAsync, clock, logger);
    }

    /// <summary>How far running jobs are, for those who asked for them; a second's worth at a time.</summary>
    public event Action<IReadOnlyList<JobNews>>? Progressed;

    /// <summary>Takes its place among the workers and begins.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        worker = await store.BeginAsync(options.Node, options.Name, QueueNames, cancellationToken);
        client.Ready += OnReady;
        client.Cancelled += OnCancelled;
        client.Delayed += OnDelayed;
        hints.Signalled += OnSignal;
        hints.Reconnected += OnReconnected;
        loops = [Task.Run(ClaimAsync, CancellationToken.None), Task.Run(BeatAsync, CancellationToken.None), Task.Run(PromoteAsync, CancellationToken.None),
                 Task.Run(RescueAsync, CancellationToken.None), Task.Run(TellAsync, CancellationToken.None)];
        LogStarted(worker, queues.Count);
    }

    /// <summary>
    /// Claims nothing more, gives back what has not begun, lets what runs end within the grace, then cancels it and gives it back without
    /// counting the attempt.
    /// </summary>
    public async Task StopAsync()
    {
        if (loops.Length == 0 || stopping.IsCancellationRequested)
            return;
        client.Ready -= OnReady;
        client.Cancelled -= OnCancelled;
        client.Delayed -= OnDelayed;
        hints.Signalled -= OnSignal;
        hints.Reconnected -= OnReconnected;
        await stopping.CancelAsync();
        await Task.WhenAll(loops);

        await TryAsync(ReturnUnknownAsync);
        await TryAsync(ReturnWaitingAsync);
        await WaitForRunningAsync(options.Grace);
        await ending.CancelAsync();
        await WaitForRunningAsync(options.Obey);
        // Whoever does not obey loses its job; what it still says about it is not heard.
        var left = Attempts(running.Values.Select(run => run.Context));
        if (left.Length > 0)
            await TryAsync(token => store.ReturnAsync(worker, left, token));
        await finisher.DisposeAsync();
        await TryAsync(token => store.EndAsync(worker, token));
        LogStopped(worker, left.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
        ending.Dispose();
    }

    private string[] QueueNames => [.. queues.Keys.Order(StringComparer.Ordinal)];

    private void OnReady(string queue)
    {
        if (queues.TryGetValue(queue, out var known))
        {
            known.MayHaveMore = true;
            claimable.Set();
        }
    }

    private void OnDelayed(DateTimeOffset at)
    {
        lock (gate)
        {
            if (at >= nextDue)
                return;
            nextDue = at;
        }
        due.Set();
    }

    private void OnReconnected()
    {
        foreach (var queue in queues.Values)
            queue.MayHaveMore = true;
        claimable.Set();
    }

    private void OnSignal(string kind, string value)
    {
        if (kind is JobClient.Signal)
            OnReady(value);
        else if (kind is JobClient.CancelSignal && Guid.TryParse(value, out var id))
            OnCancelled(id);
    }

    private void OnCancelled(Guid id)
    {
        if (running.TryGetValue(id, out var run))
            run.Cancel();
    }

    private async Task BeatAsync() => await LoopAsync(options.BeatEvery, async () =>
    {
        if (await store.BeatAsync(worker, isDraining: false, stopping.Token) is { } cancelled)
        {
            foreach (var id in cancelled)
                OnCancelled(id);
            return;
        }
        // Declared dead: whatever runs here is others' by now.
        LogDeclaredDead(worker, running.Count);
        worker = await store.BeginAsync(options.Node, options.Name, QueueNames, stopping.Token);
        lock (gate)
        {
            foreach (var queue in queues.Values)
            {
                foreach (var job in queue.Waiting)
                    LetGo(job);
                queue.Waiting.Clear();
            }
        }
        foreach (var run in running.Values)
            run.Lose();
        OnReconnected();
    });

    private async Task RescueAsync() => await LoopAsync(options.RescueEvery, async () =>
    {
        int count;
        do
        {
            count = await store.RescueAsync(options.Lease, RescueAtOnce, stopping.Token);
            if (count > 0)
                LogRescued(count);
            due.Set();
        }
        while (count >= RescueAtOnce);
    });

    private async Task TellAsync() => await LoopAsync(ProgressEvery, async () =>
    {
        var news = running.Values.Select(run => run.Context).Where(job => job.HasNews).ToArray();
        if (news.Length == 0)
            return;
        foreach (var job in news)
            job.HasNews = false;
        await store.NoteAsync(worker, news, stopping.Token);
        var told = news.Where(job => job.Job.IsTold && job.Actor is not null)
            .Select(job => new JobNews(job.Id, job.Job.Kind, "running", job.Actor!.Value, job.WorkspaceId, job.Progress, job.Note, null, null, clock.GetUtcNow())).ToArray();
        if (told.Length > 0)
            Progressed?.Invoke(told);
    });

    private async Task PromoteAsync()
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                lock (gate)
                    nextDue = DateTimeOffset.MaxValue;
                var promoted = await store.PromoteAsync(PromoteAtOnce, stopping.Token);
                foreach (var queue in promoted.Distinct(StringComparer.Ordinal))
                    client.Wake(queue);
                pause = FirstPause;
                if (promoted.Count >= PromoteAtOnce)
                    continue;
                TimeSpan wait;
                lock (gate)
                    wait = nextDue == DateTimeOffset.MaxValue ? options.Poll : nextDue - clock.GetUtcNow();
                if (wait > TimeSpan.Zero)
                    await due.WaitAsync(wait < options.Poll ? wait : options.Poll, clock, stopping.Token);
            }
            catch (Exception e) when (IsOutage(e) || stopping.IsCancellationRequested)
            {
                pause = await PauseAsync(e, pause);
            }
        }
    }

    private async Task LoopAsync(TimeSpan every, Func<Task> once)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(every, clock, stopping.Token);
                await once();
                pause = FirstPause;
            }
            catch (Exception e) when (IsOutage(e) || stopping.IsCancellationRequested)
            {
                pause = await PauseAsync(e, pause);
            }
        }
    }

    private async Task<TimeSpan> PauseAsync(Exception e, TimeSpan pause)
    {
        if (stopping.IsCancellationRequested)
            return pause;
        // Said once for each outage.
        if (pause == FirstPause)
            LogOutage((e.InnerException ?? e).Message);
        await Task.Delay(pause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    private static bool IsOutage(Exception e) => e is NpgsqlException or TimeoutException or IOException or ObjectDisposedException;

    private async Task ReturnWaitingAsync(CancellationToken cancellationToken)
    {
        JobContext[] waiting;
        lock (gate)
        {
            waiting = [.. queues.Values.SelectMany(queue => queue.Waiting)];
            foreach (var queue in queues.Values)
                queue.Waiting.Clear();
        }
        if (waiting.Length > 0)
            await store.ReturnAsync(worker, Attempts(waiting), cancellationToken);
    }

    private void LetGo(JobContext job) => held.TryRemove(new KeyValuePair<Guid, JobContext>(job.Id, job));

    private static RunningAttempt[] Attempts(IEnumerable<JobContext> jobs) => [.. jobs.Select(job => new RunningAttempt(job.Id, job.Job.Attempt))];

    /// <summary>
    /// Gives back what is said to run here and does not: a claim was heard and its answer was not. Nothing is claimed meanwhile, so what is not known before
    /// the look will never be.
    /// </summary>
    private async Task ReturnUnknownAsync(CancellationToken cancellationToken)
    {
        var known = held.Keys.ToHashSet();
        var unknown = (await store.RunningAsync(worker, cancellationToken)).Where(job => !known.Contains(job.Id)).ToArray();
        if (unknown.Length == 0)
            return;
        LogUnknown(worker, unknown.Length);
        await store.ReturnAsync(worker, unknown, cancellationToken);
        OnDelayed(clock.GetUtcNow());
    }

    private async Task WaitForRunningAsync(TimeSpan atMost)
    {
        // In real time: it is people's patience that ends.
        using var limit = new CancellationTokenSource(atMost);
        while (!limit.IsCancellationRequested && !(running.IsEmpty && Volatile.Read(ref unfinished) == 0))
            await Task.Delay(BusyPause, TimeProvider.System, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>On the way out: what cannot be said now is found out by others when the lease ends.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> say)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.Obey);
            await say(limit.Token);
        }
        catch (Exception e) when (IsOutage(e) || e is OperationCanceledException)
        {
            LogOutage((e.InnerException ?? e).Message);
        }
    }

    [LoggerMessage(1801, LogLevel.Information, "Worker {Worker} takes jobs of {Queues} queues")]
    private partial void LogStarted(long worker, int queues);

    [LoggerMessage(1802, LogLevel.Information, "Worker {Worker} has stopped; {Left} jobs that did not end were given back")]
    private partial void LogStopped(long worker, int left);

    [LoggerMessage(1803, LogLevel.Warning, "Jobs wait: the database cannot be reached: {Reason}")]
    private partial void LogOutage(string reason);

    [LoggerMessage(1804, LogLevel.Warning, "Worker {Worker} was not heard of in time and taken for dead; its {Count} jobs are others' by now")]
    private partial void LogDeclaredDead(long worker, int count);

    [LoggerMessage(1806, LogLevel.Warning, "{Count} jobs that worker {Worker} claimed without hearing of it were given back")]
    private partial void LogUnknown(long worker, int count);

    [LoggerMessage(1805, LogLevel.Warning, "{Count} jobs of workers that died are to be done again")]
    private partial void LogRescued(int count);
}
