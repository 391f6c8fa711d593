using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>Strict UTF-8 over text that comes in pieces, which may end in the middle of a character. Fails at the first bad byte.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Utf8Validator
{
    private const int LongestCharacter = 4;

    private int pending;
    private uint pendingBytes;

    /// <summary>The text so far does not end inside a character.</summary>
    public readonly bool IsComplete => pending == 0;

    public bool Append(ReadOnlySpan<byte> piece)
    {
        while (pending > 0 && !piece.IsEmpty)
        {
            if (!AppendToPending(piece[0]))
                return false;
            piece = piece[1..];
        }

        var whole = piece.Length - CountUnfinished(piece);
        if (!Utf8.IsValid(piece[..whole]))
            return false;

        foreach (var unfinished in piece[whole..])
        {
            if (!AppendToPending(unfinished))
                return false;
        }

        return true;
    }

    private bool AppendToPending(byte next)
    {
        var bytes = MemoryMarshal.AsBytes(new Span<uint>(ref pendingBytes));
        bytes[pending++] = next;
        switch (Rune.DecodeFromUtf8(bytes[..pending], out _, out _))
        {
            case OperationStatus.Done:
                pending = 0;
                return true;
            case OperationStatus.NeedMoreData:
                return true;
            default:
                return false;
        }
    }

    /// <summary>How many bytes at the end begin a character that is longer than what is there.</summary>
    private static int CountUnfinished(ReadOnlySpan<byte> piece)
    {
        for (var back = 1; back < LongestCharacter && back <= piece.Length; back++)
        {
            var length = piece[^back] switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, >= 0x80 => 0, _ => 1 };
            if (length > 0)
                return length > back ? back : 0;
        }

        return 0;
    }
}
