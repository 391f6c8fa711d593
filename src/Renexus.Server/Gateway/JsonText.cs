using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Server.Gateway;

/// <summary>Text that is well-formed JSON and still no text: half of a surrogate pair, or U+0000, which PostgreSQL cannot store.</summary>
internal sealed class RefusedText(string message) : JsonException(message)
{
    public static RefusedText Surrogate => new("It contains half of a surrogate pair.");

    public static RefusedText Nul => new("It contains the character U+0000.");
}

/// <summary>Reads strings and refuses what is no text.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Text.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Text.Read(ref reader);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}

/// <summary>Reads members of open shape and refuses what is no text, wherever inside and also in names.</summary>
internal sealed class ElementConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var ahead = reader;
        Check(ref ahead);
        return JsonElement.ParseValue(ref reader);
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    private static void Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            Text.Check(ref reader);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var names = reader.TokenType == JsonTokenType.StartObject ? new HashSet<string>(StringComparer.Ordinal) : null;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                Check(ref reader);
            else if (!names!.Add(Text.Read(ref reader)))
                throw new RefusedText("It contains a name more than once.");
        }
    }
}

file static class Text
{
    public static string Read(ref Utf8JsonReader reader)
    {
        string? text;
        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw RefusedText.Surrogate;
        }

        return text!.Contains('\0', StringComparison.Ordinal) ? throw RefusedText.Nul : text;
    }

    public static void Check(ref Utf8JsonReader reader)
    {
        // Without an escape it can hold neither: raw control characters are not JSON, raw surrogates not UTF-8.
        if (reader.ValueIsEscaped)
            Read(ref reader);
    }
}
