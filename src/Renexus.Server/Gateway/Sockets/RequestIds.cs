using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// A create without an id of its own takes the request's (PROTOCOL, Write). A request id that is no UUID is made into one that
/// is the same each time, so that repeating the request finds what the first one made.
/// </summary>
internal static class RequestIds
{
    public static Guid ToResourceId(Guid userId, string requestId)
    {
        if (Guid.TryParse(requestId, out var id))
            return id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{userId}/{requestId}"), hash);
        // RFC 9562: version 8, a UUID of one's own making.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
