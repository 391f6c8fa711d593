namespace Renexus.Testing;

/// <summary>
/// Two ends of a connection in memory. What has been written and not yet read is bounded, as in a network, so a reader that stops makes
/// the writer wait; a test can await that moment.
/// </summary>
public sealed class MemoryDuplex
{
    private readonly Pipe toServer;
    private readonly Pipe toClient;

    public MemoryDuplex(int capacity = 64 * 1024)
    {
        toServer = new Pipe(capacity);
        toClient = new Pipe(capacity);
        Server = new End(toServer, toClient);
        Client = new End(toClient, toServer);
    }

    public Stream Server { get; }

    public Stream Client { get; }

    /// <summary>Ends when a write of the server waits for the client to read.</summary>
    public Task ServerIsBlockedAsync() => toClient.WhenBlockedAsync();

    /// <summary>Ends when the server has read all there is and waits for more.</summary>
    public Task ServerIsIdleAsync() => toServer.WhenStarvedAsync();

    /// <summary>How many times the server has written.</summary>
    public int ServerWrites => toClient.Writes;

    /// <summary>One direction.</summary>
    private sealed class Pipe(int capacity)
    {
        private readonly Lock gate = new();
        private readonly byte[] ring = new byte[capacity];
        private int first;
        private int count;
        private bool isClosed;
        private bool isReaderWaiting;
        private bool isWriterWaiting;
        private TaskCompletionSource changed = NewSignal();

        public int Writes { get; private set; }

        public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (count > 0 || isClosed)
                        return Take(destination.Span);
                    isReaderWaiting = true;
                    Signal();
                    next = changed.Task;
                }

                await next.WaitAsync(cancellationToken);
            }
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
        {
            lock (gate)
                Writes++;
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (isClosed)
                        throw new IOException("The connection is closed.");
                    source = source[Put(source.Span)..];
                    isWriterWaiting = !source.IsEmpty;
                    Signal();
                    if (source.IsEmpty)
                        return;
                    next = changed.Task;
                }

                await next.WaitAsync(cancellationToken);
            }
        }

        public void Close()
        {
            lock (gate)
            {
                isClosed = true;
                Signal();
            }
        }

        public Task WhenBlockedAsync() => WhenAsync(() => isWriterWaiting && count == ring.Length);

        public Task WhenStarvedAsync() => WhenAsync(() => isReaderWaiting && count == 0);

        private async Task WhenAsync(Func<bool> condition)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (condition())
                        return;
                    next = changed.Task;
                }

                await next;
            }
        }

        private int Take(Span<byte> destination)
        {
            var taken = Math.Min(destination.Length, count);
            for (var i = 0; i < taken; i++)
                destination[i] = ring[(first + i) % ring.Length];
            first = (first + taken) % ring.Length;
            count -= taken;
            isReaderWaiting = false;
            if (taken > 0)
                Signal();
            return taken;
        }

        private int Put(ReadOnlySpan<byte> source)
        {
            var put = Math.Min(source.Length, ring.Length - count);
            for (var i = 0; i < put; i++)
                ring[(first + count + i) % ring.Length] = source[i];
            count += put;
            return put;
        }

        /// <summary>Wakes everybody who waits for a change.</summary>
        private void Signal()
        {
            var happened = changed;
            changed = NewSignal();
            happened.SetResult();
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class End(Pipe incoming, Pipe outgoing) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            incoming.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            incoming.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            outgoing.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            outgoing.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            incoming.Close();
            outgoing.Close();
            base.Dispose(disposing);
        }
    }
}
