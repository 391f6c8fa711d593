using System.Buffers;

namespace Renexus.Engine.Realtime.Sockets;

public sealed partial class SocketConnection : IThreadPoolWorkItem
{
    private readonly SendQueue _queue = new();
    private TaskCompletionSource? _drained;
    private long _writeBegan;
    private bool _isWriting;
    private bool _isSlow;

    /// <summary>What waits to be written, in bytes of payload.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_gate)
                return _queue.Bytes;
        }
    }

    /// <summary>
    /// Queues a message; never waits. False when the socket is closing or closed. True promises no more than the transport does: an
    /// ephemeral message to a slow reader is dropped.
    /// </summary>
    public bool TrySend(OutboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        bool becameSlow;
        bool isTooSlow;
        lock (_gate)
        {
            if (_isClosing)
                return false;

            // What counts is the backlog in front of the message, so that a large message alone makes nobody slow.
            becameSlow = !_isSlow && BecomesSlow();
            isTooSlow = _isSlow && IsTooSlow();
            if (!isTooSlow && !(_isSlow && message.IsEphemeral))
                Enqueue(message);
        }

        if (isTooSlow)
            Close(CloseCode.TooSlow, "too slow", discard: true);
        else if (becameSlow)
            _handler?.OnOverflow();
        return !isTooSlow;
    }

    /// <summary>Sends a ping. Called regularly it is also how a reader that takes nothing at all is noticed.</summary>
    public void Ping() => TrySend(OutboundMessage.Ping);

    /// <summary>Ends when nothing waits or is being written any more, also because the socket has closed.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            if (!_isWriting)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private bool BecomesSlow()
    {
        if (!IsBacklogOver(_options.SlowBytes, _options.SlowMessages))
            return false;
        _queue.DropEphemeral();
        return _isSlow = IsBacklogOver(_options.SlowBytes, _options.SlowMessages);
    }

    private bool IsTooSlow() =>
        IsBacklogOver(_options.TooSlowBytes, _options.TooSlowMessages) || _clock.GetElapsedTime(_writeBegan) > _options.WriteStall;

    private bool IsBacklogOver(int bytes, int messages) => _queue.Bytes > bytes || _queue.Count > messages;

    private void Enqueue(OutboundMessage message)
    {
        _queue.Add(message);
        if (_isWriting)
            return;

        // The writer runs on a thread of its own: the sender, who may have thousands to serve, pays for no write,
        // and what it sends meanwhile goes out together.
        _isWriting = true;
        _writeBegan = _clock.GetTimestamp();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private async Task WriteAsync()
    {
        while (TryTake(out var burst))
        {
            try
            {
                var bytes = _deflate && burst.Large is { } large ? large.CompressedFrame() : burst.Bytes;
                await _stream.WriteAsync(bytes, CancellationToken.None);
            }
            catch (Exception)
            {
                // Whatever the transport throws, nothing more can be written to it; the reading side ends the connection.
                Abort(CloseCode.Broken);
            }
            finally
            {
                if (burst.Rented is { } rented)
                    ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private bool TryTake(out Burst burst)
    {
        TaskCompletionSource? drained;
        lock (_gate)
        {
            if (_queue.Count > 0)
            {
                burst = _queue.Take(_options.WriteBytes);
                _writeBegan = _clock.GetTimestamp();
                return true;
            }

            _isWriting = false;
            _isSlow = false;
            drained = _drained;
            _drained = null;
        }

        drained?.SetResult();
        burst = default;
        return false;
    }
}
