using System.Buffers.Text;
using System.Text;
using Renexus.Load.Sockets;

namespace Renexus.Load.Wires;

/// <summary>What both ways of the ordinary stack (bench/Peers/ordinary) have in common: places stand in the text as "version".</summary>
internal abstract class OrdinaryWire : IWire
{
    public abstract string Path { get; }

    public string? Subprotocol => null;

    public abstract IGreeting Greet(Login login, IReadOnlyList<Guid> threads);

    public abstract IMessageTemplate Message(Guid threadId, int bodyBytes, int connection);

    public abstract void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink);

    protected static long VersionIn(ReadOnlySpan<byte> text)
    {
        var name = "\"version\":"u8;
        var at = text.LastIndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..], out long version, out _)
            ? version
            : throw new IOException($"The server refused a message: {Encoding.UTF8.GetString(text)}");
    }

    protected static string List(IReadOnlyList<Guid> threads) => $"[{string.Join(',', threads.Select(thread => $"\"{thread}\""))}]";

    /// <summary>A frame in which an id, and perhaps a number, are written anew for each message.</summary>
    protected sealed class Template : IMessageTemplate
    {
        private const int Digits = 10;

        private readonly MessageIds ids;
        private readonly byte[] frame;
        private readonly int idAt;
        private readonly int? numberAt;

        /// <param name="text">Of the message, by its id and its number of ten digits.</param>
        public Template(int connection, Func<Guid, string, string> text)
        {
            ids = new MessageIds(connection);
            var (id, number) = (ids.Of(0), new string('7', Digits));
            frame = WebSocketConnection.EncodeFrame(Encoding.UTF8.GetBytes(text(id, number)));
            idAt = frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(id.ToString()));
            var at = frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(number));
            numberAt = at < 0 ? null : at;
        }

        public ReadOnlySpan<byte> Frame(uint number)
        {
            ids.Of(number).TryFormat(frame.AsSpan(idAt, MessageIds.Length), out _);
            if (numberAt is { } at)
                number.TryFormat(frame.AsSpan(at, Digits), out _, "D10", System.Globalization.CultureInfo.InvariantCulture);
            return frame;
        }
    }
}
