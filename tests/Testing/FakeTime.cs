namespace Renexus.Testing;

/// <summary>A clock that stands still until a test moves it; timers fire on the thread that does.</summary>
public sealed class FakeTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private readonly List<(TimeSpan AtLeast, TimeSpan AtMost, TaskCompletionSource Seen)> watchers = [];
    private DateTimeOffset now = start ?? new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock, stopping at each timer that falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } due)
            due.Fire();
        lock (gate)
            now = end;
    }

    /// <summary>
    /// Moves the clock in one step, as on a machine that slept: each timer that fell due meanwhile fires once. For days, of which a second's
    /// timer has very many.
    /// </summary>
    public void Leap(TimeSpan by)
    {
        foreach (var due in TakeAllDue(by))
            due.Fire();
    }

    /// <summary>Completes when the code under test waits for exactly this long, from now on the clock.</summary>
    public Task WaitsForAsync(TimeSpan wait) => WaitsForAsync(wait, wait);

    /// <summary>Completes when the code under test waits for a time within these bounds, from now on the clock.</summary>
    public Task WaitsForAsync(TimeSpan atLeast, TimeSpan atMost)
    {
        lock (gate)
        {
            if (timers.Any(timer => timer.Due - now >= atLeast && timer.Due - now <= atMost))
                return Task.CompletedTask;
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            watchers.Add((atLeast, atMost, seen));
            return seen.Task;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private FakeTimer? TakeDue(DateTimeOffset end)
    {
        lock (gate)
        {
            var due = timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (due is null)
                return null;

            now = due.Due > now ? due.Due : now;
            if (due.Period > TimeSpan.Zero)
                due.Due += due.Period;
            else
                timers.Remove(due);
            return due;
        }
    }

    private FakeTimer[] TakeAllDue(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
            FakeTimer[] due = [.. timers.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due)];
            foreach (var timer in due)
            {
                if (timer.Period > TimeSpan.Zero)
                    timer.Due = now + timer.Period;
                else
                    timers.Remove(timer);
            }
            return due;
        }
    }

    private sealed class FakeTimer(FakeTime clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                if (dueTime < TimeSpan.Zero)
                    return true;

                Due = clock.now + dueTime;
                Period = period;
                clock.timers.Add(this);
                foreach (var (_, _, seen) in clock.watchers.Where(watcher => dueTime >= watcher.AtLeast && dueTime <= watcher.AtMost))
                    seen.TrySetResult();
                clock.watchers.RemoveAll(watcher => watcher.Seen.Task.IsCompleted);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
