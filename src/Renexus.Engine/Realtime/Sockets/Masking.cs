using System.Numerics;
using System.Runtime.InteropServices;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>The masking of client frames (RFC 6455, 5.3).</summary>
internal static class Masking
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="mask">The key as it lies in memory.</param>
    /// <returns>The key for the bytes that follow.</returns>
    public static uint Apply(Span<byte> bytes, uint mask)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(bytes);
        var wide = new Vector<uint>(mask);
        foreach (ref var vector in vectors)
            vector ^= wide;

        var rest = bytes[(vectors.Length * Vector<byte>.Count)..];
        var key = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in mask));
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= key[i % sizeof(uint)];

        var shift = rest.Length % sizeof(uint) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, shift) : BitOperations.RotateLeft(mask, shift);
    }
}
