using System.Text;
using System.Text.Json;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Load.Sockets;

namespace Renexus.Load.Wires;

/// <summary>PROTOCOL.md, Real-time.</summary>
internal sealed class RenexusWire : IWire
{
    public string Path => "/ws";

    public string Subprotocol => CloseCodes.Subprotocol;

    public IGreeting Greet(Login login, IReadOnlyList<Guid> threads) => new Greeting(
        login.Token, threads.Count > 0 ? [.. threads.Select(thread => ChannelNames.Thread(thread))] : [ChannelNames.User(login.UserId)]);

    public IMessageTemplate Message(Guid threadId, int bodyBytes, int connection) => new Template(threadId, bodyBytes, connection);

    public void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink)
    {
        var reader = new FrameReader(text);
        while (reader.TryRead(out var message))
        {
            if (message.Type.SequenceEqual("error"u8))
                throw new IOException($"The server refused a message: {Encoding.UTF8.GetString(message.Payload)}");
            if (message is { Re: { } id, V: { } place } && message.Op.SequenceEqual("ack"u8))
                sink.OnAcknowledged(connection, MessageIds.NumberOf(id), place);
            else if (message is { V: { } v, Re: null })
                sink.OnDelivered(connection, v); // what is answered, or passes by, is no delivery
        }
    }

    private sealed class Greeting : IGreeting
    {
        private int missing;
        private bool isWelcome;

        public Greeting(string token, string[] channels)
        {
            missing = channels.Length;
            var hello = new RealtimeMessage(
                MessageTypes.Subscribe,
                ChannelNames.Session,
                JsonSerializer.SerializeToElement(
                    new HelloPayload { Token = token, Client = "Renexus.Load/1.0", Channels = [.. channels.Select(name => new ChannelPosition(name))] },
                    ContractsJson.Lenient.HelloPayload),
                Id: Guid.CreateVersion7().ToString());
            First = JsonSerializer.SerializeToUtf8Bytes(hello, ContractsJson.Lenient.RealtimeMessage);
        }

        public byte[]? First { get; }

        public bool IsDone => isWelcome && missing == 0;

        public byte[]? Answer(ReadOnlySpan<byte> text)
        {
            var reader = new FrameReader(text);
            while (reader.TryRead(out var message))
            {
                if (message.Type.SequenceEqual("error"u8))
                    throw new IOException($"The server refused a connection: {Encoding.UTF8.GetString(message.Payload)}");
                isWelcome |= message.Op.SequenceEqual("welcome"u8);
                if (message.Op.SequenceEqual("subscribed"u8))
                    missing--;
            }

            return null;
        }
    }

    private sealed class Template : IMessageTemplate
    {
        private readonly MessageIds ids;
        private readonly byte[] frame;
        private readonly int idAt;

        public Template(Guid threadId, int bodyBytes, int connection)
        {
            ids = new MessageIds(connection);
            var data = JsonSerializer.SerializeToElement(new PostMessageRequest { Body = new string('x', bodyBytes) }, ContractsJson.Lenient.PostMessageRequest);
            var placeholder = ids.Of(0).ToString();
            var message = new RealtimeMessage(
                MessageTypes.Update,
                ChannelNames.Thread(threadId),
                JsonSerializer.SerializeToElement(new WritePayload(Ops.Create, "message", Data: data), ContractsJson.Lenient.WritePayload),
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                placeholder);
            frame = WebSocketConnection.EncodeFrame(JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Lenient.RealtimeMessage));
            idAt = frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(placeholder));
        }

        public ReadOnlySpan<byte> Frame(uint number)
        {
            ids.Of(number).TryFormat(frame.AsSpan(idAt, MessageIds.Length), out _);
            return frame;
        }
    }
}
