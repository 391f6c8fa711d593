using System.Text.Json;
using Renexus.Contracts;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>The payload of a push: <c>{op,base,updates}</c> (PROTOCOL, Documents). What stands in the updates is for whoever has the document to judge.</summary>
internal readonly ref struct PushMessage
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ContractsJson.MaxDepth };

    public long Base { get; private init; }

    /// <summary>Any JSON value.</summary>
    public ReadOnlySpan<byte> Updates { get; private init; }

    /// <exception cref="RefusedMessage">Not a push.</exception>
    public static PushMessage Read(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, ReaderOptions);
        long? @base = null;
        ReadOnlySpan<byte> updates = default;
        var seen = 0;

        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (bit, name) = MemberOf(ref reader);
            if ((seen & bit) != 0)
                throw new RefusedMessage(name, "It appears more than once.");
            seen |= bit;
            reader.Read();
            switch (bit)
            {
                case 2:
                    @base = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var version) && version >= 0
                        ? version
                        : throw new RefusedMessage(name, "It must be a version of the document.");
                    break;
                case 4:
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    updates = payload[start..(int)reader.BytesConsumed];
                    break;
            }
        }
        return new PushMessage
        {
            Base = @base ?? throw new RefusedMessage("payload.base", "Say which version of the document it was made on."),
            Updates = updates.IsEmpty ? throw new RefusedMessage("payload.updates", "It is required.") : updates,
        };
    }

    private static (int Bit, string Name) MemberOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("op"u8)) return (1, "payload.op");
        if (reader.ValueTextEquals("base"u8)) return (2, "payload.base");
        if (reader.ValueTextEquals("updates"u8)) return (4, "payload.updates");
        throw new RefusedMessage("payload." + JsonPieces.NameHere(ref reader), "It is not known here.");
    }
}
