using System.Buffers;
using System.Text;
using Renexus.Engine.Redis;

namespace Renexus.Engine.Tests.Redis;

/// <summary>Every type of RESP3, whole and in pieces; the examples are those of the specification.</summary>
public sealed class RespReaderTests
{
    [Theory]
    [InlineData("+hello world\r\n", "hello world")]
    [InlineData("$11\r\nhello world\r\n", "hello world")]
    [InlineData("$0\r\n\r\n", "")]
    [InlineData("$-1\r\n", "null")]
    [InlineData("_\r\n", "null")]
    [InlineData(":1234\r\n", "1234")]
    [InlineData(":-5\r\n", "-5")]
    [InlineData(",1.23\r\n", "1.23")]
    [InlineData(",inf\r\n", "∞")]
    [InlineData("#t\r\n", "true")]
    [InlineData("#f\r\n", "false")]
    [InlineData("-ERR this is the error description\r\n", "!ERR this is the error description")]
    [InlineData("!21\r\nSYNTAX invalid syntax\r\n", "!SYNTAX invalid syntax")]
    [InlineData("=15\r\ntxt:Some string\r\n", "Some string")]
    [InlineData("(3492890328409238509324850943850943825024385\r\n", "3492890328409238509324850943850943825024385")]
    [InlineData("*3\r\n:1\r\n:2\r\n:3\r\n", "[1 2 3]")]
    [InlineData("*2\r\n*3\r\n:1\r\n$5\r\nhello\r\n:2\r\n#f\r\n", "[[1 hello 2] false]")]
    [InlineData("*-1\r\n", "null")]
    [InlineData("%2\r\n+first\r\n:1\r\n+second\r\n:2\r\n", "[first 1 second 2]")]
    [InlineData("~2\r\n+orange\r\n+apple\r\n", "[orange apple]")]
    [InlineData("|1\r\n+ttl\r\n:3600\r\n*1\r\n:9\r\n", "[9]")]
    [InlineData(">2\r\n+message\r\n+x\r\n", ">message x")]
    public void A_reply_is_read_whole_and_in_pieces(string wire, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(wire);

        Assert.Equal(expected, Read(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(expected, Read(InPieces(bytes)));
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(bytes, 0, length));
            Assert.False(RespReader.TryRead(ref reader, out _));
            Assert.Equal(0, reader.Consumed);
        }
    }

    [Theory]
    [InlineData("?1\r\n")]
    [InlineData(":one\r\n")]
    [InlineData("$12345678901\r\n")]
    [InlineData("*2000000\r\n")]
    public void What_is_not_RESP_is_refused(string wire) => Assert.Throws<InvalidDataException>(() => Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire))));

    [Fact]
    public void Replies_nested_without_end_are_refused()
    {
        var wire = string.Concat(Enumerable.Repeat("*1\r\n", 100));

        Assert.Throws<InvalidDataException>(() => Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire))));
    }

    private static string Read(ReadOnlySequence<byte> wire)
    {
        var reader = new SequenceReader<byte>(wire);
        Assert.True(RespReader.TryRead(ref reader, out var reply));
        Assert.True(reader.End);
        return Show(reply);
    }

    private static string Show(RedisReply reply) => reply.Kind switch
    {
        RedisKind.Null => "null",
        RedisKind.Integer => $"{reply.Integer}",
        RedisKind.Double => double.IsInfinity(reply.Double) ? "∞" : reply.Double.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RedisKind.Boolean => reply.Integer == 1 ? "true" : "false",
        RedisKind.Error => "!" + reply.Text,
        RedisKind.Array => $"[{string.Join(' ', reply.Items!.Select(Show))}]",
        RedisKind.Push => $">{string.Join(' ', reply.Items!.Select(Show))}",
        _ => reply.Text!,
    };

    private static ReadOnlySequence<byte> InPieces(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, 1), null);
        var last = first;
        for (var i = 1; i < bytes.Length; i++)
            last = new Piece(bytes.AsMemory(i, 1), last);
        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
