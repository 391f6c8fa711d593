using System.Text;
using System.Text.Json;

namespace Renexus.Client.Realtime;

/// <summary>One message inside a received frame; everything points into the frame.</summary>
internal ref struct IncomingMessage
{
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Channel;
    public ReadOnlySpan<byte> Payload;
    public ReadOnlySpan<byte> Op;
    public ReadOnlySpan<byte> Epoch;
    public Guid? Re;
    public long? V;
}

/// <summary>Walks the messages of a frame, one or an array of them, without allocating (RT-9).</summary>
internal ref struct FrameReader
{
    private readonly ReadOnlySpan<byte> frame;
    private Utf8JsonReader json;

    public FrameReader(ReadOnlySpan<byte> frame)
    {
        this.frame = frame;
        json = new Utf8JsonReader(frame);
    }

    /// <exception cref="JsonException">The frame is not JSON, or no message.</exception>
    public bool TryRead(out IncomingMessage message)
    {
        message = default;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                message = ReadMembers();
                return true;
            }

            if (json.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
                throw new JsonException("A frame holds an object or an array of objects.");
        }

        return false;
    }

    private IncomingMessage ReadMembers()
    {
        var message = default(IncomingMessage);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
                message.Type = ReadText();
            else if (json.ValueTextEquals("channel"u8))
                message.Channel = ReadText();
            else if (json.ValueTextEquals("payload"u8))
                message.Payload = ReadPayload(out message.Op);
            else if (json.ValueTextEquals("v"u8))
                message.V = ReadNumber();
            else if (json.ValueTextEquals("e"u8))
                message.Epoch = ReadText();
            else if (json.ValueTextEquals("re"u8))
                message.Re = ReadId();
            else
                json.Skip();
        }

        return message;
    }

    private ReadOnlySpan<byte> ReadPayload(out ReadOnlySpan<byte> op)
    {
        op = default;
        json.Read();
        var start = (int)json.TokenStartIndex;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
        }
        else
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("op"u8))
                    op = ReadText();
                else
                    json.Skip();
            }
        }

        return frame[start..(int)json.BytesConsumed];
    }

    private ReadOnlySpan<byte> ReadText()
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
            return default;

        return json.ValueIsEscaped ? Encoding.UTF8.GetBytes(json.GetString()!) : json.ValueSpan;
    }

    private long? ReadNumber()
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number ? json.GetInt64() : null;
    }

    // Every request of this client has a UUID for its id, so an answer to anything else is not for it.
    private Guid? ReadId()
    {
        json.Read();
        return json.TokenType == JsonTokenType.String && json.TryGetGuid(out var id) ? id : null;
    }
}
