using System.Text.Json;
using Renexus.Contracts;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>A message from a client: the envelope read, the payload still as it came (PROTOCOL, Real-time).</summary>
internal readonly ref struct ClientMessage
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ContractsJson.MaxDepth };

    public string Type { get; private init; }

    public string? Channel { get; private init; }

    public string? Id { get; private init; }

    /// <summary>An object, or empty when there was none.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Reads the envelope. Strict: an unknown member, one that comes twice, a wrong type or too deep a nesting is refused.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="RefusedMessage">JSON, but not a message.</exception>
    public static ClientMessage Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        string? type = null, channel = null, id = null;
        ReadOnlySpan<byte> payload = default;
        var seen = Members.None;

        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new RefusedMessage("$", "A message is a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            if ((seen & member) != Members.None)
                throw new RefusedMessage(NameOf(member), "It appears more than once.");
            seen |= member;
            reader.Read();
            switch (member)
            {
                case Members.Type:
                    type = JsonPieces.Read(ref reader, "type", 32);
                    break;
                case Members.Channel:
                    channel = JsonPieces.Read(ref reader, "channel", 100);
                    break;
                case Members.Id:
                    id = JsonPieces.Read(ref reader, "id", 100);
                    break;
                case Members.Payload:
                    payload = json[JsonPieces.Object(ref reader, "payload")];
                    break;
                case Members.Timestamp or Members.V:
                    if (reader.TokenType != JsonTokenType.Number)
                        throw new RefusedMessage(NameOf(member), "It must be a number.");
                    break;
                default:
                    if (reader.TokenType != JsonTokenType.String)
                        throw new RefusedMessage(NameOf(member), "It must be a string.");
                    break;
            }
        }
        if (reader.Read())
            throw new RefusedMessage("$", "Something follows the message.");
        if (type is null)
            throw new RefusedMessage("type", "It is required.");
        return new ClientMessage { Type = type, Channel = channel, Id = id, Payload = payload };
    }

    /// <summary>The id of a message that could not be read, so that the refusal can name it; null when it is not to be found.</summary>
    public static string? FindId(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(ReaderOptions));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("id"u8);
                if (!reader.Read())
                    return null;
                if (isId)
                    return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 400 ? reader.GetString() : null;
                if (!reader.TrySkip())
                    return null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken before its id came.
        }
        return null;
    }

    private static Members MemberOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("type"u8)) return Members.Type;
        if (reader.ValueTextEquals("channel"u8)) return Members.Channel;
        if (reader.ValueTextEquals("payload"u8)) return Members.Payload;
        if (reader.ValueTextEquals("id"u8)) return Members.Id;
        if (reader.ValueTextEquals("timestamp"u8)) return Members.Timestamp;
        if (reader.ValueTextEquals("v"u8)) return Members.V;
        if (reader.ValueTextEquals("e"u8)) return Members.E;
        if (reader.ValueTextEquals("re"u8)) return Members.Re;
        throw new RefusedMessage(JsonPieces.NameHere(ref reader), "It is not known here.");
    }

    private static string NameOf(Members member) => member.ToString().ToLowerInvariant();

    [Flags]
    private enum Members
    {
        None = 0,
        Type = 1,
        Channel = 2,
        Payload = 4,
        Id = 8,
        Timestamp = 16,
        V = 32,
        E = 64,
        Re = 128,
    }
}
