using System.Buffers.Text;
using System.Text;
using Renexus.Load.Sockets;

namespace Renexus.Load.Wires;

/// <summary>Socket.IO 4 over its WebSocket (Engine.IO 4): a digit says what a text is, the next which packet.</summary>
internal sealed class SocketIoWire : OrdinaryWire
{
    private static readonly byte[] Pong = WebSocketConnection.EncodeFrame("3"u8);

    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override IGreeting Greet(Login login, IReadOnlyList<Guid> threads) => new Greeting(
        $$"""40{"token":"{{login.Token}}"}""", threads.Count > 0 ? $$"""420["join",{{List(threads)}}]""" : null);

    public override IMessageTemplate Message(Guid threadId, int bodyBytes, int connection) => new Template(
        connection, (id, number) => $$"""42{{number}}["message",{"thread":"{{threadId}}","id":"{{id}}","body":"{{new string('x', bodyBytes)}}"}]""");

    public override void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink)
    {
        if (text.SequenceEqual("2"u8))
            connection.Enqueue(Pong);
        else if (text.StartsWith("43"u8) && Utf8Parser.TryParse(text[2..], out uint number, out _))
            sink.OnAcknowledged(connection, number, VersionIn(text));
        else if (text.StartsWith("42"u8))
            sink.OnDelivered(connection, VersionIn(text));
        else
            throw new IOException($"The server refused a message: {Encoding.UTF8.GetString(text)}");
    }

    /// <summary>It opens (0), the client connects (40), and, once that is answered, joins its threads.</summary>
    private sealed class Greeting(string connect, string? join) : IGreeting
    {
        public byte[]? First => null;

        public bool IsDone { get; private set; }

        public byte[]? Answer(ReadOnlySpan<byte> text)
        {
            if (text.StartsWith("0"u8))
                return Encoding.UTF8.GetBytes(connect);
            var isConnected = text.StartsWith("40"u8);
            if (!isConnected && !text.SequenceEqual("430[{\"ok\":true}]"u8))
                throw new IOException($"The server refused a connection: {Encoding.UTF8.GetString(text)}");
            IsDone = !isConnected || join is null;
            return isConnected && join is not null ? Encoding.UTF8.GetBytes(join) : null;
        }
    }
}
