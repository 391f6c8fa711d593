using System.Buffers.Text;
using System.Text;
using Renexus.Load.Sockets;

namespace Renexus.Load.Wires;

/// <summary>The ordinary stack over plain <c>ws</c>: bench/Peers/ordinary/rooms.mjs.</summary>
internal sealed class PlainWire : OrdinaryWire
{
    private static ReadOnlySpan<byte> Ack => "{\"type\":\"ack\",\"id\":\""u8;

    private static ReadOnlySpan<byte> Heard => "{\"type\":\"message\""u8;

    public override string Path => "/ws";

    public override IGreeting Greet(Login login, IReadOnlyList<Guid> threads) => new Greeting(
        $$"""{"type":"hello","token":"{{login.Token}}","threads":{{List(threads)}}}""");

    public override IMessageTemplate Message(Guid threadId, int bodyBytes, int connection) => new Template(
        connection, (id, _) => $$"""{"type":"message","thread":"{{threadId}}","id":"{{id}}","body":"{{new string('x', bodyBytes)}}"}""");

    public override void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink)
    {
        if (text.StartsWith(Ack) && Utf8Parser.TryParse(text[Ack.Length..], out Guid id, out _))
            sink.OnAcknowledged(connection, MessageIds.NumberOf(id), VersionIn(text));
        else if (text.StartsWith(Heard))
            sink.OnDelivered(connection, VersionIn(text));
        else
            throw new IOException($"The server refused a message: {Encoding.UTF8.GetString(text)}");
    }

    private sealed class Greeting(string hello) : IGreeting
    {
        public byte[]? First => Encoding.UTF8.GetBytes(hello);

        public bool IsDone { get; private set; }

        public byte[]? Answer(ReadOnlySpan<byte> text)
        {
            if (!text.SequenceEqual("{\"type\":\"ready\"}"u8))
                throw new IOException($"The server refused a connection: {Encoding.UTF8.GetString(text)}");
            IsDone = true;
            return null;
        }
    }
}
