using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Renexus.Engine.Redis;

/// <summary>A word of a command: text or bytes. Never put together from user input; each value is an argument of its own.</summary>
public readonly struct RedisArg
{
    private readonly string? text;
    private readonly ReadOnlyMemory<byte> bytes;

    private RedisArg(string? text, ReadOnlyMemory<byte> bytes) => (this.text, this.bytes) = (text, bytes);

    public static implicit operator RedisArg(string text) => new(text, default);
    public static implicit operator RedisArg(byte[] bytes) => new(null, bytes);
    public static implicit operator RedisArg(long number) => new(number.ToString(CultureInfo.InvariantCulture), default);

    /// <summary>A command is an array of byte strings.</summary>
    internal static void Write(ArrayBufferWriter<byte> writer, ReadOnlySpan<RedisArg> command)
    {
        WriteHead(writer, (byte)'*', command.Length);
        foreach (ref readonly var arg in command)
        {
            if (arg.text is { } text)
            {
                var length = Encoding.UTF8.GetByteCount(text);
                WriteHead(writer, (byte)'$', length);
                Encoding.UTF8.GetBytes(text, writer);
            }
            else
            {
                WriteHead(writer, (byte)'$', arg.bytes.Length);
                writer.Write(arg.bytes.Span);
            }
            writer.Write("\r\n"u8);
        }
    }

    private static void WriteHead(ArrayBufferWriter<byte> writer, byte type, int number)
    {
        var span = writer.GetSpan(16);
        span[0] = type;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(digits + 1)..]);
        writer.Advance(digits + 3);
    }
}
