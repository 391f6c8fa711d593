using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;

namespace Renexus.Testing;

/// <summary>A worker whose jobs do nothing, for measuring what it costs to bring so many of them to their end.</summary>
public sealed class NoopWorker<T> : IAsyncDisposable
{
    private readonly TaskCompletionSource all = new();
    private readonly JobWorker worker;
    private readonly int wanted;
    private int left;

    public NoopWorker(TestDatabase postgres, HintBus hints, JobClient client, JobKind<T> kind, int count)
    {
        wanted = left = count;
        worker = new JobWorker(
            postgres.Database, hints, client,
            [JobDefinition.Of(kind, (_, _, _) =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    all.TrySetResult();
                return Task.CompletedTask;
            })],
            static (_, _) => { }, new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = "noop" }, TimeProvider.System, NullLogger<JobWorker>.Instance);
    }

    /// <summary>How many have ended; more than were wanted, where more waited.</summary>
    public int Ended => wanted - Volatile.Read(ref left);

    /// <summary>Until all of them have ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await worker.StartAsync(cancellationToken);
        await all.Task.WaitAsync(cancellationToken);
        // With the last end committed.
        await worker.StopAsync();
    }

    public ValueTask DisposeAsync() => worker.DisposeAsync();
}
