using System.Buffers;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>Buffers rented from the shared pool and held in a field or variable.</summary>
internal static class Pooled
{
    public static byte[] Rent(int size) => ArrayPool<byte>.Shared.Rent(size);

    /// <summary>Exchanges the buffer for one of at least <paramref name="size"/> bytes that begins with the same <paramref name="used"/> ones.</summary>
    public static void Resize(ref byte[] buffer, int used, int size)
    {
        var other = Rent(size);
        buffer.AsSpan(0, used).CopyTo(other);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = other;
    }

    /// <summary>Gives the buffer back, if there is one.</summary>
    public static void Return(ref byte[]? buffer)
    {
        if (buffer is null)
            return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }
}
