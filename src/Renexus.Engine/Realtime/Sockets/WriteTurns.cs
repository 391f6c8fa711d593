using System.Collections.Concurrent;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// The sockets of this process that have something to write, served in the order they came by no more workers than there are processors.
/// A broadcast to thousands is thousands of turns here, but never more than a few items in the thread pool's queue: what has just
/// been read or committed does not wait behind it, and is written together with it where a socket's turn has not come yet.
/// </summary>
internal sealed class WriteTurns(int workers) : IThreadPoolWorkItem
{
    /// <summary>Turns that a worker takes before it lets other work of the thread pool go first.</summary>
    private const int TurnsAtOnce = 32;

    public static readonly WriteTurns OfProcess = new(Environment.ProcessorCount);

    private readonly ConcurrentQueue<SocketConnection> waiting = new();
    private int working;

    /// <summary>The socket's turn comes once for each call.</summary>
    public void Add(SocketConnection socket)
    {
        waiting.Enqueue(socket);
        Wake();
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var i = 0; i < TurnsAtOnce && waiting.TryDequeue(out var socket); i++)
            socket.BeginWriting();

        if (!waiting.IsEmpty)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        Interlocked.Decrement(ref working);
        // Whoever came between the look and the end found all workers at work.
        if (!waiting.IsEmpty)
            Wake();
    }

    private void Wake()
    {
        for (var seen = Volatile.Read(ref working); seen < workers;)
        {
            var before = Interlocked.CompareExchange(ref working, seen + 1, seen);
            if (before == seen)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            seen = before;
        }
    }
}
