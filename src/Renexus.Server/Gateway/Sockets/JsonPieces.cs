using System.Text.Json;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>Reads pieces of a message by hand, where a serializer would cost more than the rest of the work.</summary>
internal static class JsonPieces
{
    /// <summary>A string that is well-formed text.</summary>
    public static string Read(ref Utf8JsonReader reader, string field, int maxLength)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new RefusedMessage(field, "It must be a string.");
        var text = TextHere(ref reader, field);
        return text.Length == 0 ? throw new RefusedMessage(field, "It is empty.")
            : text.Length > maxLength ? throw new RefusedMessage(field, $"It is longer than {maxLength} characters.")
            : text;
    }

    /// <summary>Where an object stands, for somebody else to read; an empty range for null.</summary>
    public static Range Object(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return 0..0;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new RefusedMessage(field, "It must be an object.");
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    /// <summary>Where the elements of the array stand that the reader has begun; it is left at the array's end.</summary>
    public static List<ReadOnlyMemory<byte>> Elements(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var elements = new List<ReadOnlyMemory<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(json[start..(int)reader.BytesConsumed]);
        }
        return elements;
    }

    /// <summary>A record from the bytes of an object; null when there are none.</summary>
    /// <param name="where">Where the object stands in the message, for the refusal to name.</param>
    /// <exception cref="RefusedMessage">It is not one.</exception>
    public static T? Record<T>(ReadOnlySpan<byte> json, string where)
        where T : class
    {
        try
        {
            return json.IsEmpty ? null : JsonSerializer.Deserialize<T>(json, Json.Options);
        }
        catch (JsonException e)
        {
            var field = FieldNames.OfPath(e.Path);
            throw new RefusedMessage(field is "$" ? where : $"{where}.{field}", Json.Explain(e));
        }
    }

    /// <summary>The name of the member that the reader is at.</summary>
    public static string NameHere(ref Utf8JsonReader reader) => TextHere(ref reader, "$");

    private static string TextHere(ref Utf8JsonReader reader, string field)
    {
        try
        {
            var text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? throw new RefusedMessage(field, "It contains the character U+0000.") : text;
        }
        catch (InvalidOperationException)
        {
            throw new RefusedMessage(field, "It contains half of a surrogate pair.");
        }
    }
}
