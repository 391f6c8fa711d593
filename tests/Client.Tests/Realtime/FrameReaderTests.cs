using System.Text;
using System.Text.Json;
using Renexus.Client.Realtime;

namespace Renexus.Client.Tests.Realtime;

[Trait("spec", "RT-9")]
public sealed class FrameReaderTests
{
    [Fact]
    public void A_frame_holds_one_message()
    {
        var read = Read("""{"type":"update","channel":"ops","payload":{"data":{"op":"inner"},"op":"ack"},"re":"0199f0aa-0000-7000-8000-00000000000a","v":57,"e":"x","new":[{}]}""");

        var (type, channel, op, payload, re, v, e) = Assert.Single(read);
        Assert.Equal(("update", "ops", "ack", "x"), (type, channel, op, e));
        Assert.Equal("""{"data":{"op":"inner"},"op":"ack"}""", payload);
        Assert.Equal(Guid.Parse("0199f0aa-0000-7000-8000-00000000000a"), re);
        Assert.Equal(57, v);
    }

    [Fact]
    public void Or_an_array_of_them()
    {
        var read = Read("""[{"type":"update","v":1},{"type":"update","payload":null,"v":2},{"type":"err\u006Fr","re":"not ours"}]""");

        Assert.Equal([1L, 2L, null], read.Select(message => message.V));
        Assert.Equal("error", read[2].Type);
        Assert.Null(read[2].Re);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("{")]
    public void And_nothing_else(string frame) => Assert.ThrowsAny<JsonException>(() => Read(frame));

    private static List<(string Type, string Channel, string Op, string Payload, Guid? Re, long? V, string E)> Read(string frame)
    {
        var messages = new List<(string, string, string, string, Guid?, long?, string)>();
        var reader = new FrameReader(Encoding.UTF8.GetBytes(frame));
        while (reader.TryRead(out var message))
        {
            messages.Add((
                Text(message.Type), Text(message.Channel), Text(message.Op), Text(message.Payload), message.Re, message.V, Text(message.Epoch)));
        }

        return messages;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
