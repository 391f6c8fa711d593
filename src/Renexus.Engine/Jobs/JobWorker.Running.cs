using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Renexus.Engine.Audit;
using Renexus.Engine.Batching;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <content>Running jobs and ending them.</content>
public sealed partial class JobWorker
{
    private static readonly ActivitySource Activities = new("Renexus.Jobs");

    /// <summary>One place of a queue: runs a job, then what waits here, until nothing does.</summary>
    private async Task RunAllAsync(WorkQueue queue, JobContext first)
    {
        for (var job = first; job is not null;)
        {
            if (await RunAsync(job))
                LetGo(job);
            bool isHungry;
            lock (gate)
            {
                if (stopping.IsCancellationRequested || !queue.Waiting.TryDequeue(out job!))
                {
                    queue.Running--;
                    job = null;
                }
                isHungry = queue.IsHungry;
            }
            if (isHungry)
                claimable.Set();
        }
    }

    /// <returns>False: its end is still to be committed, with others'.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws is its job's failure and nobody else's.")]
    private async Task<bool> RunAsync(JobContext job)
    {
        // 1. What is over before it begins.
        if (!definitions.TryGetValue(job.Job.Kind, out var definition))
        {
            LogUnknownKind(job.Job.Kind, job.Id);
            await GiveUpAsync(job, clock.GetUtcNow() + options.UnknownKindPause, GiveUpReason.PutOff, $"No worker here knows the kind {job.Job.Kind}.");
            return true;
        }
        if (job.Job.Losses >= options.PoisonAfter || job.Attempt > job.Job.MaxAttempts)
        {
            await BuryAsync(job, $"Its worker was lost {job.Job.Losses} times.");
            return true;
        }

        // 2. The job, in the place of whoever caused it.
        using var run = new Run(job, definition.Kind.Timeout, ending.Token);
        running[job.Id] = run;
        Exception? failure = null;
        try
        {
            var context = JobContextText.Parse(job.Job.Context);
            Origin.Current = Origin.System with { Actor = job.Actor, CorrelationId = context.Correlation };
            using var activity = Activities.StartActivity(job.Job.Kind, ActivityKind.Consumer, context.Trace);
            await RunHandlerAsync(definition, job, run);
        }
        catch (Exception e)
        {
            failure = e;
        }
        running.TryRemove(job.Id, out _);

        // 3. What became of it.
        if (run.IsLost || failure is JobLostException)
            LogLost(job.Job.Kind, job.Id, job.Attempt);
        else if (failure is null)
            return await SucceedAsync(job, definition);
        else
            await FailAsync(job, definition, run, failure);
        return true;
    }

    /// <summary>A handler that does not obey its token is left behind: its job is judged without it.</summary>
    private async Task RunHandlerAsync(JobDefinition definition, JobContext job, Run run)
    {
        var handler = definition.RunAsync(job.Job.Payload, job, run.Token);
        if (handler.IsCompleted)
        {
            await handler;
            return;
        }
        var ended = new TaskCompletionSource();
        await using var registration = run.Token.Register(() => ended.TrySetResult());
        if (await Task.WhenAny(handler, ended.Task) != handler)
        {
            try
            {
                await handler.WaitAsync(options.Obey, TimeProvider.System, CancellationToken.None);
            }
            catch (TimeoutException e) when (!handler.IsCompleted)
            {
                LogDisobedient(job.Job.Kind, job.Id);
                throw new OperationCanceledException("The handler did not end when it was asked to.", e, run.Token);
            }
        }
        await handler;
    }

    /// <inheritdoc cref="RunAsync"/>
    private async Task<bool> SucceedAsync(JobContext job, JobDefinition definition)
    {
        if (job.IsCompleted)
            return true;
        if (!job.Job.IsTold)
        {
            Submit(new Ending(job, JobOutcome.Done, definition.Kind.IsKept));
            return false;
        }
        await SayAsync(job, token => FinishInWorkAsync(job, JobOutcome.Done, token));
        return true;
    }

    private async Task FailAsync(JobContext job, JobDefinition definition, Run run, Exception failure)
    {
        var now = clock.GetUtcNow();
        switch (failure)
        {
            case OperationCanceledException when run.IsCancelled:
                await SayAsync(job, token => FinishInWorkAsync(job, JobOutcome.Cancelled, token));
                return;
            case OperationCanceledException when ending.IsCancellationRequested:
                await GiveUpAsync(job, now, GiveUpReason.Returned, error: null);
                return;
            case JobPutOffException later:
                await GiveUpAsync(job, now + later.By, GiveUpReason.PutOff, error: null);
                return;
        }

        var error = Describe(failure, run);
        if (failure is JobFailedException || job.IsLastAttempt || definition.Kind.Classify(failure) == JobError.Lasting)
        {
            LogDead(failure, job.Job.Kind, job.Id, job.Attempt);
            await BuryAsync(job, error);
            return;
        }
        LogFailed(failure, job.Job.Kind, job.Id, job.Attempt);
        await GiveUpAsync(job, now + definition.Kind.Retry.PauseAfter(job.Attempt, Random.Shared.NextDouble()), GiveUpReason.Failed, error);
    }

    private string Describe(Exception failure, Run run)
    {
        const int Longest = 2_000;
        var text = run.IsOverTime && failure is OperationCanceledException
            ? "It took longer than its kind allows."
            : options.Clean($"{failure.GetType().Name}: {failure.Message}");
        return text.Length <= Longest ? text : text[..Longest];
    }

    private Task BuryAsync(JobContext job, string error) => SayAsync(job, token => store.GiveUpAsync(job.Worker, job, runAt: null, GiveUpReason.Failed, error, token));

    private async Task GiveUpAsync(JobContext job, DateTimeOffset runAt, GiveUpReason reason, string? error)
    {
        var tries = 0;
        // Said again after a lost answer, it must not be about the next attempt, which has the same number when this one does not count.
        await SayAsync(job, async token => (tries++ > 0 && !await store.HasAsync(job, token)) || await store.GiveUpAsync(job.Worker, job, runAt, reason, error, token));
        OnDelayed(runAt);
    }

    private async Task<bool> FinishInWorkAsync(JobContext job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            await store.FinishAsync(job, outcome, cancellationToken);
            return true;
        }
        catch (JobLostException)
        {
            return false;
        }
    }

    /// <summary>Says what became of a job, again and again until the database hears it; whoever has the job meanwhile is right.</summary>
    private async Task SayAsync(JobContext job, Func<CancellationToken, Task<bool>> say)
    {
        Interlocked.Increment(ref unfinished);
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    if (!await say(CancellationToken.None))
                        LogLost(job.Job.Kind, job.Id, job.Attempt);
                    return;
                }
                catch (Exception e) when (IsOutage(e) && !ending.IsCancellationRequested)
                {
                    LogOutage((e.InnerException ?? e).Message);
                }
                await Task.Delay(pause, clock, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception e) when (IsOutage(e))
        {
            // Shutting down without a database: the lease ends, and others take over.
            LogOutage((e.InnerException ?? e).Message);
        }
        finally
        {
            Interlocked.Decrement(ref unfinished);
        }
    }

    private void Submit(Ending end)
    {
        Interlocked.Increment(ref unfinished);
        finisher.Submit(end, (result, failure) => _ = SettleAsync(end, result, failure));
    }

    private async Task SettleAsync(Ending end, Ended result, Exception? failure)
    {
        try
        {
            if (failure is null && result != Ended.Busy)
            {
                LetGo(end.Job);
                if (result == Ended.Lost)
                    LogLost(end.Job.Job.Kind, end.Job.Id, end.Job.Attempt);
                return;
            }
            if (failure is not null)
                LogOutage((failure.InnerException ?? failure).Message);
            if (ending.IsCancellationRequested && failure is not null)
                return;
            await Task.Delay(failure is null ? BusyPause : LongestPause, clock, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Submit(end);
        }
        finally
        {
            if (Interlocked.Decrement(ref unfinished) < MaxEnding)
                claimable.Set();
        }
    }

    private async Task<IReadOnlyList<Ended>> FinishAsync(IReadOnlyList<Ending> ends)
    {
        foreach (var alike in ends.Where(end => end.Result is null).GroupBy(end => (end.Job.Worker, end.Job.Job.Attempt, end.Outcome, end.IsKept)))
        {
            var (ended, busy) = await store.FinishAsync(
                alike.Key.Worker, alike.Key.Attempt, alike.Key.Outcome, alike.Key.IsKept, [.. alike.Select(end => end.Job)], CancellationToken.None);
            foreach (var end in alike)
                end.Result = ended.Contains(end.Job.Id) ? Ended.Yes : busy.Contains(end.Job.Id) ? Ended.Busy : Ended.Lost;
        }
        return [.. ends.Select(end => end.TakeResult())];
    }

    private enum Ended
    {
        Yes,
        Busy,
        Lost,
    }

    private sealed record Ending(JobContext Job, JobOutcome Outcome, bool IsKept)
    {
        /// <summary>Set as soon as it is known, so that a batch that is tried again does not end it twice.</summary>
        public Ended? Result { get; set; }

        public Ended TakeResult()
        {
            var result = Result!.Value;
            if (result == Ended.Busy)
                Result = null;
            return result;
        }
    }

    /// <summary>An attempt under way, and what can end it.</summary>
    private sealed class Run : IDisposable
    {
        private readonly CancellationTokenSource timeout;
        private readonly CancellationTokenSource asked = new();
        private readonly CancellationTokenSource all;

        public Run(JobContext job, TimeSpan atMost, CancellationToken ending)
        {
            Context = job;
            // In real time: it is patience that ends.
            timeout = new CancellationTokenSource(atMost);
            all = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, asked.Token, ending);
        }

        public JobContext Context { get; }

        public CancellationToken Token => all.Token;

        /// <summary>Somebody wants it to end.</summary>
        public bool IsCancelled { get; private set; }

        /// <summary>It is another worker's.</summary>
        public bool IsLost { get; private set; }

        public bool IsOverTime => timeout.IsCancellationRequested;

        public void Cancel()
        {
            IsCancelled = true;
            Stop();
        }

        public void Lose()
        {
            IsLost = true;
            Stop();
        }

        public void Dispose()
        {
            all.Dispose();
            asked.Dispose();
            timeout.Dispose();
        }

        private void Stop()
        {
            try
            {
                asked.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }

    [LoggerMessage(1811, LogLevel.Warning, "Job {JobId} ({Kind}) failed at attempt {Attempt} and is tried again")]
    private partial void LogFailed(Exception exception, string kind, Guid jobId, int attempt);

    [LoggerMessage(1812, LogLevel.Error, "Job {JobId} ({Kind}) failed at attempt {Attempt} and is given up")]
    private partial void LogDead(Exception exception, string kind, Guid jobId, int attempt);

    [LoggerMessage(1813, LogLevel.Warning, "Job {JobId} ({Kind}) was another worker's when attempt {Attempt} ended here; nothing of it counts")]
    private partial void LogLost(string kind, Guid jobId, int attempt);

    [LoggerMessage(1814, LogLevel.Error, "No worker here knows the kind {Kind} of job {JobId}; it waits for one that does")]
    private partial void LogUnknownKind(string kind, Guid jobId);

    [LoggerMessage(1815, LogLevel.Error, "The handler of job {JobId} ({Kind}) did not end when it was asked to and is left behind")]
    private partial void LogDisobedient(string kind, Guid jobId);
}
