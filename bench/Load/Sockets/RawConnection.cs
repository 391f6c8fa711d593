using System.Net;
using System.Net.Sockets;

namespace Renexus.Load.Sockets;

/// <summary>One client reduced to its bytes: what is not sent yet, and what has arrived but is not whole.</summary>
internal abstract class RawConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] unsent = [];
    private int unsentLength;
    private byte[] unread = [];
    private int unreadLength;

    public int Index { get; init; }

    public int Handle => (int)socket.Handle;

    /// <summary>Whether it has come so far that the load may use it.</summary>
    public abstract bool IsReady { get; }

    public bool HasUnsent => unsentLength > 0;

    /// <summary>Whether the loop waits for the kernel to take more; the loop's own.</summary>
    public bool WatchesWriting { get; set; }

    /// <summary>Puts bytes behind what is not sent yet; <see cref="Flush"/> sends all of it at once.</summary>
    public void Enqueue(ReadOnlySpan<byte> bytes)
    {
        if (unsent.Length < unsentLength + bytes.Length)
            Array.Resize(ref unsent, Math.Max(unsent.Length * 2, unsentLength + bytes.Length));
        bytes.CopyTo(unsent.AsSpan(unsentLength));
        unsentLength += bytes.Length;
    }

    /// <summary>Sends as much as the kernel takes.</summary>
    public void Flush()
    {
        if (unsentLength == 0)
            return;

        var sent = Math.Max(0, Native.Send(Handle, unsent.AsSpan(0, unsentLength)));
        unsentLength -= sent;
        unsent.AsSpan(sent, unsentLength).CopyTo(unsent);
    }

    /// <summary>Takes received bytes apart; what is not whole waits for its rest.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (unreadLength > 0)
        {
            Keep(bytes);
            var length = unreadLength;
            unreadLength = 0;
            var rest = Consume(unread.AsSpan(0, length));
            unread.AsSpan(length - rest, rest).CopyTo(unread);
            unreadLength = rest;
            return;
        }

        var left = Consume(bytes);
        Keep(bytes[^left..]);
    }

    public void Dispose() => socket.Dispose();

    protected void Connect(IPEndPoint server) => socket.Connect(server);

    /// <returns>How many bytes at the end belong to something that is not complete.</returns>
    protected abstract int Consume(ReadOnlySpan<byte> bytes);

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (unread.Length < unreadLength + bytes.Length)
            Array.Resize(ref unread, Math.Max(unread.Length * 2, unreadLength + bytes.Length));
        bytes.CopyTo(unread.AsSpan(unreadLength));
        unreadLength += bytes.Length;
    }
}
