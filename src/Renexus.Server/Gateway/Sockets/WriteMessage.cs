using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>The payload of a write: <c>{op,resource,resourceId?,base?,data}</c> (PROTOCOL, Write).</summary>
internal readonly ref struct WriteMessage
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ContractsJson.MaxDepth };

    public ChangeOp Op { get; private init; }

    public string Resource { get; private init; }

    public Guid? ResourceId { get; private init; }

    public long? Base { get; private init; }

    /// <summary>An object, or empty when there was none.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <exception cref="RefusedMessage">Not a write.</exception>
    public static WriteMessage Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            throw new RefusedMessage("payload", "It is required.");
        var reader = new Utf8JsonReader(payload, ReaderOptions);
        ChangeOp? op = null;
        string? resource = null;
        Guid? resourceId = null;
        long? @base = null;
        ReadOnlySpan<byte> data = default;
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
                case 1:
                    op = OpOf(JsonPieces.Read(ref reader, name, 32));
                    break;
                case 2:
                    resource = JsonPieces.Read(ref reader, name, 64);
                    break;
                case 4:
                    resourceId = reader.TokenType == JsonTokenType.Null ? null
                        : reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var id) ? id
                        : throw new RefusedMessage(name, "It must be a UUID.");
                    break;
                case 8:
                    @base = reader.TokenType == JsonTokenType.Null ? null
                        : reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var version) ? version
                        : throw new RefusedMessage(name, "It must be a version.");
                    break;
                default:
                    data = payload[JsonPieces.Object(ref reader, name)];
                    break;
            }
        }
        return new WriteMessage
        {
            Op = op ?? throw new RefusedMessage("payload.op", "It is required."),
            Resource = resource ?? throw new RefusedMessage("payload.resource", "It is required."),
            ResourceId = resourceId,
            Base = @base,
            Data = data,
        };
    }

    private static ChangeOp OpOf(string name) => name switch
    {
        "create" => ChangeOp.Create,
        "update" => ChangeOp.Update,
        "delete" => ChangeOp.Delete,
        _ => throw new RefusedMessage("payload.op", "It must be create, update or delete."),
    };

    private static (int Bit, string Name) MemberOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("op"u8)) return (1, "payload.op");
        if (reader.ValueTextEquals("resource"u8)) return (2, "payload.resource");
        if (reader.ValueTextEquals("resourceId"u8)) return (4, "payload.resourceId");
        if (reader.ValueTextEquals("base"u8)) return (8, "payload.base");
        if (reader.ValueTextEquals("data"u8)) return (16, "payload.data");
        throw new RefusedMessage("payload." + JsonPieces.NameHere(ref reader), "It is not known here.");
    }
}
