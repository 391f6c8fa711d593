using System.Diagnostics.CodeAnalysis;

namespace Renexus.Client.Realtime;

/// <summary>
/// The writes that are not acknowledged yet, in the order they were made (RT-6). Each is sent once on a connection, at most
/// <c>window</c> at a time, and again on the next connection if no answer came; its id keeps the server from applying it twice.
/// </summary>
/// <remarks>
/// When the server asks to wait, nothing more goes out; when all answers are in and the time has passed, sending goes on from the
/// first unanswered write, one at a time until all that had been sent by then are answered, so that they cannot pass each other.
/// </remarks>
internal sealed class WriteQueue : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<PendingWrite> writes = new();
    private readonly Dictionary<Guid, LinkedListNode<PendingWrite>> byId = [];
    private readonly int window;
    private readonly int limit;
    private readonly TimeProvider time;
    private readonly Action wake;
    private readonly ITimer resume;

    private LinkedListNode<PendingWrite>? next;
    private long lastOrder;
    private long lastSent;
    private long throttledUpTo;
    private int inFlight;
    private DateTimeOffset pausedUntil;
    private Exception? closed;
    private TaskCompletionSource? drained;

    /// <summary>An empty queue that calls <paramref name="wake"/> when there may be something to send.</summary>
    public WriteQueue(int window, int limit, TimeProvider time, Action wake)
    {
        this.window = window;
        this.limit = limit;
        this.time = time;
        this.wake = wake;
        resume = time.CreateTimer(static state => ((WriteQueue)state!).wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (gate)
                return byId.Count;
        }
    }

    /// <summary>Appends a write; one with the id of a waiting write is that write.</summary>
    public PendingWrite Add(Guid id, byte[] encoded)
    {
        PendingWrite write;
        lock (gate)
        {
            if (closed is not null)
                throw closed;
            if (byId.TryGetValue(id, out var known))
                return known.Value;
            if (byId.Count >= limit)
                throw new InvalidOperationException($"{limit} writes wait already; wait for some of them first.");

            write = new PendingWrite(id, encoded) { Order = ++lastOrder };
            var node = writes.AddLast(write);
            byId.Add(id, node);
            next ??= node;
        }

        wake();
        return write;
    }

    /// <summary>Whether somebody waits for the answer to this id.</summary>
    public bool Contains(Guid id)
    {
        lock (gate)
            return byId.ContainsKey(id);
    }

    /// <summary>The next write to send now, if there is one of at most <paramref name="room"/> bytes; it counts as sent.</summary>
    public bool TryTake(int room, [NotNullWhen(true)] out PendingWrite? write)
    {
        lock (gate)
        {
            write = null;
            if (next is null || inFlight >= (IsThrottled() ? 1 : window) || next.Value.Encoded.Length > room || IsPaused())
                return false;

            write = next.Value;
            write.InFlight = true;
            write.WasSent = true;
            lastSent = Math.Max(lastSent, write.Order);
            inFlight++;
            next = NextWaiting(next.Next);
            return true;
        }
    }

    /// <summary>Takes the write out for good; null when nobody waits for this id.</summary>
    public PendingWrite? Answered(Guid id)
    {
        lock (gate)
            return byId.TryGetValue(id, out var node) ? Remove(node) : null;
    }

    /// <summary>The server wants this write again later.</summary>
    /// <returns>False when nobody waits for this id.</returns>
    public bool Postpone(Guid id, TimeSpan delay)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(id, out var node))
                return false;

            if (node.Value.InFlight)
            {
                node.Value.InFlight = false;
                inFlight--;
            }

            if (next is null || node.Value.Order < next.Value.Order)
                next = node;

            throttledUpTo = lastSent;
            var until = time.GetUtcNow() + delay;
            if (until > pausedUntil)
                pausedUntil = until;
            IsPaused();
            return true;
        }
    }

    /// <summary>Takes the write out if it certainly never left this program.</summary>
    public bool Withdraw(PendingWrite write)
    {
        lock (gate)
        {
            if (write.WasSent || !byId.TryGetValue(write.Id, out var node))
                return false;

            Remove(node);
            return true;
        }
    }

    /// <summary>The connection is gone, and with it all answers: everything is to be sent again.</summary>
    public void Rewind()
    {
        lock (gate)
        {
            foreach (var write in writes)
                write.InFlight = false;
            inFlight = 0;
            next = writes.First;
        }
    }

    /// <summary>Completes when no write waits.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            if (byId.Count == 0)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    /// <summary>Fails everything that waits, and everything that comes.</summary>
    public void Close(Exception reason)
    {
        PendingWrite[] left;
        lock (gate)
        {
            closed ??= reason;
            left = [.. writes];
            writes.Clear();
            byId.Clear();
            next = null;
            inFlight = 0;
            drained?.TrySetException(reason);
            _ = drained?.Task.Exception;
        }

        foreach (var write in left)
            write.Fail(reason);
    }

    public void Dispose() => resume.Dispose();

    // The timer and the clock may disagree by a moment, so a wake-up that came too early asks for another.
    private bool IsPaused()
    {
        var rest = pausedUntil - time.GetUtcNow();
        if (rest <= TimeSpan.Zero)
            return false;

        resume.Change(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        return true;
    }

    private bool IsThrottled() => writes.First is { } first && first.Value.Order <= throttledUpTo;

    private PendingWrite Remove(LinkedListNode<PendingWrite> node)
    {
        if (node == next)
            next = NextWaiting(node.Next);
        if (node.Value.InFlight)
            inFlight--;
        writes.Remove(node);
        byId.Remove(node.Value.Id);
        if (byId.Count == 0)
        {
            drained?.TrySetResult();
            drained = null;
        }

        return node.Value;
    }

    private static LinkedListNode<PendingWrite>? NextWaiting(LinkedListNode<PendingWrite>? node)
    {
        while (node is { Value.InFlight: true })
            node = node.Next;
        return node;
    }
}
