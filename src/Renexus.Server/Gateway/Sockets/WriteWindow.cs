namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// How much one client may write ahead of its answers. Whoever is at the limit is not read from until answers have gone out, so
/// that the client itself is slowed down instead of being sent away for the answers that pile up. One write waits at a time:
/// messages are taken one after the other.
/// </summary>
internal sealed class WriteWindow(int limit)
{
    private readonly Lock gate = new();
    private int unanswered;
    private int wanted;
    private TaskCompletionSource? room;
    private TaskCompletionSource? empty;

    /// <summary>Ends when there is room for a write of this size; one that is larger than the limit goes alone.</summary>
    public Task EnterAsync(int bytes)
    {
        lock (gate)
        {
            if (Fits(bytes))
            {
                unanswered += bytes;
                return Task.CompletedTask;
            }
            wanted = bytes;
            room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return room.Task;
        }
    }

    /// <summary>Ends when every write has been answered.</summary>
    public Task EmptyAsync()
    {
        lock (gate)
        {
            if (unanswered == 0)
                return Task.CompletedTask;
            empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return empty.Task;
        }
    }

    /// <summary>A write of this size has been answered.</summary>
    public void Leave(int bytes)
    {
        TaskCompletionSource? waiting = null, done = null;
        lock (gate)
        {
            unanswered -= bytes;
            if (unanswered == 0)
                (done, empty) = (empty, null);
            if (room is not null && Fits(wanted))
            {
                unanswered += wanted;
                (waiting, room) = (room, null);
            }
        }
        waiting?.SetResult();
        done?.SetResult();
    }

    private bool Fits(int bytes) => unanswered == 0 || unanswered + bytes <= limit;
}
