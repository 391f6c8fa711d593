namespace Renexus.Engine.Realtime.Sockets;

/// <summary>permessage-deflate without context takeover (RFC 7692): every message is compressed by itself.</summary>
internal static class Deflate
{
    /// <summary>The empty block that ends every flushed deflate stream and is not sent.</summary>
    public static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];
}
