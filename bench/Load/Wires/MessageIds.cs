using System.Buffers.Binary;

namespace Renexus.Load.Wires;

/// <summary>
/// The ids of one connection's messages: a UUIDv7 that carries the connection and the number of the message, so that an answer finds the
/// moment of its sending without a dictionary.
/// </summary>
internal sealed class MessageIds(int connection)
{
    public const int Length = 36;
    private static readonly ushort Run = (ushort)Random.Shared.Next(ushort.MaxValue);

    public Guid Of(uint number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], (ushort)(Run ^ connection));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The number of a message by its id.</summary>
    public static uint NumberOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
    }
}
