using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Limits;

/// <summary>Who is counted: a person, a log-in, an account's name, an address. Sixteen bytes, so that keys cost nothing to make.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LimitKey
{
    private readonly UInt128 value;

    private LimitKey(UInt128 value) => this.value = value;

    /// <summary>As other nodes write it too; an address or an account is not readable from it.</summary>
    public override string ToString() => value.ToString("x32", CultureInfo.InvariantCulture);

    public static LimitKey Of(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }

    /// <summary>An account that may not exist, by the name it was asked for (as it is compared, that is in lower case).</summary>
    public static LimitKey OfName(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    /// <summary>An address; in IPv6 the network of 64 bits, since one customer has all of it.</summary>
    public static LimitKey Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            address.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
        }
        else
        {
            address?.MapToIPv4().TryWriteBytes(bytes, out _);
        }

        return new(BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }
}
