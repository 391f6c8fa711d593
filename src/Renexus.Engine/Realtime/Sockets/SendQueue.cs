using System.Runtime.InteropServices;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// What waits to be written to one socket: a ring of shared messages that grows from nothing and is let go when it has been large.
/// Not thread-safe; the connection's lock guards it.
/// </summary>
internal sealed class SendQueue
{
    private const int FirstSlots = 4;
    private const int SlotsKeptWhenEmpty = 16;

    private OutboundMessage?[] ring = [];
    private int first;

    public int Count { get; private set; }

    /// <summary>The payloads of all that waits.</summary>
    public int Bytes { get; private set; }

    private OutboundMessage this[int index] => ring[(first + index) & (ring.Length - 1)]!;

    public void Add(OutboundMessage message)
    {
        if (Count == ring.Length)
            Grow();
        ring[(first + Count) & (ring.Length - 1)] = message;
        Count++;
        Bytes += message.Length;
    }

    public void Clear()
    {
        ring = [];
        first = Count = Bytes = 0;
    }

    public void DropEphemeral()
    {
        var all = Count;
        var kept = 0;
        for (var i = 0; i < all; i++)
        {
            var message = this[i];
            if (message.IsEphemeral)
                Bytes -= message.Length;
            else
                ring[(first + kept++) & (ring.Length - 1)] = message;
        }

        for (var i = kept; i < all; i++)
            ring[(first + i) & (ring.Length - 1)] = null;
        Count = kept;
    }

    /// <summary>
    /// Takes what goes out in one write: a large message alone, else as many as fit in <paramref name="limit"/>, neighbours joined to
    /// one text frame that holds a JSON array of them, which stays small enough never to be compressed (RT-9, GW-10).
    /// </summary>
    public Burst Take(int limit)
    {
        if (Count == 1 || this[0].IsLarge)
        {
            var only = Pop();
            return new Burst(only.Frame, Rented: null, Large: only.IsLarge ? only : null);
        }

        // How many frames fit is measured before they are written, so that the buffer is no larger than needed.
        var size = 0;
        for (var taken = 0; taken < Count && !this[taken].IsLarge;)
        {
            var group = GroupAt(taken);
            if (size > 0 && size + group.FrameLength > limit)
                break;
            size += group.FrameLength;
            taken += group.Count;
        }

        var buffer = Pooled.Rent(size);
        for (var written = 0; written < size;)
            written += WriteGroup(GroupAt(0), buffer.AsSpan(written));
        return new Burst(buffer.AsMemory(0, size), buffer, Large: null);
    }

    /// <summary>The neighbours that share a frame, beginning at <paramref name="index"/>.</summary>
    private Group GroupAt(int index)
    {
        var length = this[index].Length;
        var count = 1;
        if (this[index].IsJoinable)
        {
            while (index + count < Count && this[index + count] is { IsJoinable: true } next && Joined(length + next.Length, count + 1) <= SocketOptions.CompressedOver)
            {
                length += next.Length;
                count++;
            }
        }

        return new Group(count, count == 1 ? length : Joined(length, count));
    }

    private int WriteGroup(Group group, Span<byte> destination)
    {
        if (group.Count == 1)
        {
            Pop().Frame.Span.CopyTo(destination);
            return group.FrameLength;
        }

        FrameHeader.Write(destination, Opcode.Text, group.PayloadLength);
        var at = FrameHeader.SizeFor(group.PayloadLength);
        for (var i = 0; i < group.Count; i++)
        {
            destination[at++] = i == 0 ? (byte)'[' : (byte)',';
            var json = Pop().Json.Span;
            json.CopyTo(destination[at..]);
            at += json.Length;
        }

        destination[at] = (byte)']';
        return group.FrameLength;
    }

    /// <summary>The length of a JSON array: its elements, a separator before each and the end.</summary>
    private static int Joined(int length, int count) => length + count + 1;

    private OutboundMessage Pop()
    {
        var message = this[0];
        ring[first] = null;
        first = (first + 1) & (ring.Length - 1);
        Count--;
        Bytes -= message.Length;
        if (Count == 0 && ring.Length > SlotsKeptWhenEmpty)
            Clear();
        return message;
    }

    private void Grow()
    {
        var larger = new OutboundMessage?[Math.Max(FirstSlots, 2 * ring.Length)];
        for (var i = 0; i < Count; i++)
            larger[i] = this[i];
        ring = larger;
        first = 0;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Group(int Count, int PayloadLength)
    {
        public int FrameLength => FrameHeader.SizeFor(PayloadLength) + PayloadLength;
    }
}

/// <summary>One write.</summary>
/// <param name="Rented">The pooled buffer to give back after it, if any.</param>
/// <param name="Large">The message that <paramref name="Bytes"/> hold uncompressed, when it goes compressed to those who take that.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Burst(ReadOnlyMemory<byte> Bytes, byte[]? Rented, OutboundMessage? Large);
