using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Renexus.Client.Realtime;

/// <summary>A write is committed (TH-2).</summary>
/// <param name="V">The channel's version with it.</param>
/// <param name="Payload">The whole payload, JSON in UTF-8: <c>{op,resource,resourceId,data}</c>.</param>
public readonly record struct WriteAck(long V, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The resource as committed.</summary>
    public T Read<T>(JsonTypeInfo<T> form)
    {
        var json = new Utf8JsonReader(Payload.Span);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("data"u8))
                return JsonSerializer.Deserialize(ref json, form)!;
            json.Skip();
        }

        throw new JsonException("The acknowledgement carries no data.");
    }
}
