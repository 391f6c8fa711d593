using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Renexus.Engine.Redis;

/// <summary>Reads RESP3 (github.com/redis/redis-specifications, protocol/RESP3.md). Replies are bounded in size and depth: a peer that breaks them is no Redis.</summary>
public static class RespReader
{
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxItems = 1024 * 1024;
    private const int MaxDepth = 16;

    /// <summary>The next reply; false when it is not all there yet, and then nothing is consumed.</summary>
    /// <exception cref="InvalidDataException">That is not RESP3.</exception>
    public static bool TryRead(ref SequenceReader<byte> reader, out RedisReply reply)
    {
        var start = reader.Consumed;
        if (TryRead(ref reader, MaxDepth, out reply))
            return true;
        reader.Rewind(reader.Consumed - start);
        return false;
    }

    private static bool TryRead(ref SequenceReader<byte> reader, int depth, out RedisReply reply)
    {
        reply = RedisReply.Nothing;
        if (depth == 0)
            throw new InvalidDataException("RESP: nested too deeply.");
        if (!reader.TryRead(out var type) || !reader.TryReadTo(out ReadOnlySpan<byte> line, "\r\n"u8))
            return false;

        switch (type)
        {
            case (byte)'+':
                reply = new(RedisKind.String, line.ToArray());
                return true;
            case (byte)'-':
                reply = new(RedisKind.Error, line.ToArray());
                return true;
            case (byte)':':
                reply = new(RedisKind.Integer, Integer: Number(line));
                return true;
            case (byte)'#':
                reply = new(RedisKind.Boolean, Integer: line is [(byte)'t'] ? 1 : 0);
                return true;
            case (byte)',':
                reply = new(RedisKind.Double, Double: Fraction(line));
                return true;
            case (byte)'_':
                return true;
            case (byte)'(':
                reply = new(RedisKind.String, line.ToArray());
                return true;
            case (byte)'$' or (byte)'=' or (byte)'!':
                return TryReadBytes(ref reader, type, Number(line), out reply);
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                return TryReadItems(ref reader, type, Number(line), depth, out reply);
            default:
                throw new InvalidDataException($"RESP: unknown type {(char)type}.");
        }
    }

    private static bool TryReadBytes(ref SequenceReader<byte> reader, byte type, long length, out RedisReply reply)
    {
        reply = RedisReply.Nothing;
        if (length < 0)
            return true;
        if (length > MaxBytes)
            throw new InvalidDataException("RESP: too long.");
        if (reader.Remaining < length + 2)
            return false;

        var bytes = new byte[length];
        reader.TryCopyTo(bytes);
        reader.Advance(length + 2);
        // A verbatim string begins with three letters for its format and a colon.
        reply = new(type == (byte)'!' ? RedisKind.Error : RedisKind.String, type == (byte)'=' ? bytes[4..] : bytes);
        return true;
    }

    private static bool TryReadItems(ref SequenceReader<byte> reader, byte type, long count, int depth, out RedisReply reply)
    {
        reply = RedisReply.Nothing;
        if (count < 0)
            return true;
        if (type is (byte)'%' or (byte)'|')
            count *= 2;
        if (count > MaxItems)
            throw new InvalidDataException("RESP: too many elements.");

        var items = new List<RedisReply>(Math.Min((int)count, 64));
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, depth - 1, out var item))
                return false;
            items.Add(item);
        }
        // An attribute says something about the reply that follows it.
        if (type == (byte)'|')
            return TryRead(ref reader, depth, out reply);
        reply = new(type == (byte)'>' ? RedisKind.Push : RedisKind.Array, Items: items);
        return true;
    }

    private static double Fraction(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'i', ..] => double.PositiveInfinity,
        [(byte)'-', (byte)'i', ..] => double.NegativeInfinity,
        [(byte)'n', ..] => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new InvalidDataException("RESP: a number was expected."),
    };

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length ? number : throw new InvalidDataException("RESP: a number was expected.");
}
