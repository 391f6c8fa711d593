using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Writes messages as they go over the wire.</summary>
internal static class MessageEncoder
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A writer and its buffer are used up within one call, so each thread needs only one.
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? scratch;

    /// <summary>A message whose payload is a record.</summary>
    public static byte[] Encode<T>(string type, string channel, Guid? id, long timestamp, T payload, JsonTypeInfo<T> form)
    {
        var json = Begin(type, channel, id, timestamp);
        JsonSerializer.Serialize(json, payload, form);
        return End(json);
    }

    /// <summary>A message without a payload.</summary>
    public static byte[] Encode(string type, string channel, Guid? id, long timestamp)
    {
        var json = Begin(type, channel, id, timestamp);
        json.WriteStartObject();
        json.WriteEndObject();
        return End(json);
    }

    /// <summary>A write, with its data serialized in place.</summary>
    public static byte[] EncodeWrite<T>(
        string channel, Guid id, long timestamp, string op, string resource, Guid? resourceId, long? baseVersion, T data, JsonTypeInfo<T> form)
    {
        var json = Begin(MessageTypes.Update, channel, id, timestamp);
        json.WriteStartObject();
        json.WriteString("op"u8, op);
        json.WriteString("resource"u8, resource);
        if (resourceId is { } resourceValue)
            json.WriteString("resourceId"u8, resourceValue);
        if (baseVersion is { } baseValue)
            json.WriteNumber("base"u8, baseValue);
        json.WritePropertyName("data"u8);
        JsonSerializer.Serialize(json, data, form);
        json.WriteEndObject();
        return End(json);
    }

    private static Utf8JsonWriter Begin(string type, string channel, Guid? id, long timestamp)
    {
        if (scratch is null)
        {
            var buffer = new ArrayBufferWriter<byte>(1024);
            scratch = (buffer, new Utf8JsonWriter(buffer, Options));
        }

        var json = scratch.Value.Json;
        scratch.Value.Buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("channel"u8, channel);
        if (id is { } value)
            json.WriteString("id"u8, value);
        json.WriteNumber("timestamp"u8, timestamp);
        json.WritePropertyName("payload"u8);
        return json;
    }

    private static byte[] End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        return scratch!.Value.Buffer.WrittenSpan.ToArray();
    }
}
