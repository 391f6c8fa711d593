using System.IO.Compression;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>permessage-deflate without context takeover (RFC 7692): every message is compressed by itself.</summary>
internal static class Deflate
{
    /// <summary>The empty block that ends every flushed deflate stream and is not sent.</summary>
    public static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>What makes a received message a complete deflate stream: the tail, and an empty last block.</summary>
    public static ReadOnlySpan<byte> Ending => [0x00, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>No deflate encoder makes <paramref name="bytes"/> larger than this: nine bits for each byte, and the frame around them.</summary>
    public static long LargestFor(long bytes) => bytes + (bytes / 8) + 64;

    /// <summary>Inflates until the end or until one byte more than <paramref name="limit"/>, so that a bomb costs no more than a message.</summary>
    /// <param name="compressed">A stream completed by <see cref="Ending"/>.</param>
    /// <param name="inflated">From the shared pool, to be returned to it.</param>
    /// <returns>The length, over the limit when there is more; null when this is not deflate.</returns>
    public static int? Inflate(byte[] compressed, int length, int limit, out byte[] inflated)
    {
        var most = (int)Math.Min((long)limit + 1, Array.MaxLength);
        inflated = Pooled.Rent((int)Math.Min(most, 4L * length));
        using var source = new MemoryStream(compressed, 0, length, writable: false);
        using var inflater = new DeflateStream(source, CompressionMode.Decompress);
        var total = 0;
        try
        {
            while (total < most)
            {
                if (total == inflated.Length)
                    Pooled.Resize(ref inflated, total, (int)Math.Min(most, 2L * total));
                var read = inflater.Read(inflated, total, Math.Min(inflated.Length, most) - total);
                if (read == 0)
                    break;
                total += read;
            }

            return total;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
