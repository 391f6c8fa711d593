namespace Renexus.Engine.Jobs;

/// <summary>Wakes one waiter; what is set while nobody waits is found by the next.</summary>
internal sealed class Signal
{
    private readonly Lock gate = new();
    private TaskCompletionSource source = New();

    public void Set()
    {
        lock (gate)
            source.TrySetResult();
    }

    /// <summary>Returns when it is set, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        Task set;
        lock (gate)
            set = source.Task;
        if (!set.IsCompleted && atMost > TimeSpan.Zero)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(set, Task.Delay(atMost, clock, end.Token));
            await end.CancelAsync();
        }
        lock (gate)
        {
            if (source.Task.IsCompleted)
                source = New();
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
