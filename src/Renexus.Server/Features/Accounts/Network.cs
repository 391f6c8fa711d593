using System.Net;
using System.Net.Sockets;

namespace Renexus.Server.Features.Accounts;

/// <summary>The neighbourhood of an address, which is what one customer or one office usually has: /24 in IPv4, /64 in IPv6.</summary>
internal static class Network
{
    private const int BytesOfIPv4 = 3;
    private const int BytesOfIPv6 = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        var kept = plain.AddressFamily == AddressFamily.InterNetwork ? BytesOfIPv4 : BytesOfIPv6;
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}
