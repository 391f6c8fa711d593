namespace Renexus.Testing;

/// <summary>
/// Two ends of a connection in memory. What has been written and not yet read is bounded, as in a network, so a reader that stops makes
/// the writer wait; a test can await that moment.
/// </summary>
public sealed class MemoryDuplex
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;

    public MemoryDuplex(int capacity = 64 * 1024)
    {
        _toServer = new Pipe(capacity);
        _toClient = new Pipe(capacity);
        Server = new End(_toServer, _toClient);
        Client = new End(_toClient, _toServer);
    }

    public Stream Server { get; }

    public Stream Client { get; }

    /// <summary>Ends when a write of the server waits for the client to read.</summary>
    public Task ServerIsBlockedAsync() => _toClient.WhenBlockedAsync();

    /// <summary>Ends when the server has read all there is and waits for more.</summary>
    public Task ServerIsIdleAsync() => _toServer.WhenStarvedAsync();

    /// <summary>How many times the server has written.</summary>
    public int ServerWrites => _toClient.Writes;

    /// <summary>One direction.</summary>
    private sealed class Pipe(int capacity)
    {
        private readonly Lock _gate = new();
        private readonly byte[] _ring = new byte[capacity];
        private int _first;
        private int _count;
        private bool _isClosed;
        private bool _isReaderWaiting;
        private bool _isWriterWaiting;
        private TaskCompletionSource _changed = NewSignal();

        public int Writes { get; private set; }

        public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_count > 0 || _isClosed)
                        return Take(destination.Span);
                    _isReaderWaiting = true;
                    Signal();
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
        {
            lock (_gate)
                Writes++;
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_isClosed)
                        throw new IOException("The connection is closed.");
                    source = source[Put(source.Span)..];
                    _isWriterWaiting = !source.IsEmpty;
                    Signal();
                    if (source.IsEmpty)
                        return;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _isClosed = true;
                Signal();
            }
        }

        public Task WhenBlockedAsync() => WhenAsync(() => _isWriterWaiting && _count == _ring.Length);

        public Task WhenStarvedAsync() => WhenAsync(() => _isReaderWaiting && _count == 0);

        private async Task WhenAsync(Func<bool> condition)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (condition())
                        return;
                    changed = _changed.Task;
                }

                await changed;
            }
        }

        private int Take(Span<byte> destination)
        {
            var taken = Math.Min(destination.Length, _count);
            for (var i = 0; i < taken; i++)
                destination[i] = _ring[(_first + i) % _ring.Length];
            _first = (_first + taken) % _ring.Length;
            _count -= taken;
            _isReaderWaiting = false;
            if (taken > 0)
                Signal();
            return taken;
        }

        private int Put(ReadOnlySpan<byte> source)
        {
            var put = Math.Min(source.Length, _ring.Length - _count);
            for (var i = 0; i < put; i++)
                _ring[(_first + _count + i) % _ring.Length] = source[i];
            _count += put;
            return put;
        }

        /// <summary>Wakes everybody who waits for a change.</summary>
        private void Signal()
        {
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
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
