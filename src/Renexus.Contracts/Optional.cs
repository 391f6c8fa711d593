using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Renexus.Contracts;

/// <summary>A member of a request that stays as it is when left out, and is taken away by null.</summary>
/// <param name="Value">What it shall be; null takes it away.</param>
/// <param name="IsGiven">Whether the request has it.</param>
public readonly record struct Optional<T>(T? Value, bool IsGiven)
    where T : struct
{
    /// <summary>Says what it shall be.</summary>
    public static implicit operator Optional<T>(T? value) => new(value, IsGiven: true);

    /// <summary>What it is after the request.</summary>
    /// <param name="current">What it was.</param>
    public T? Or(T? current) => IsGiven ? Value : current;
}

/// <summary>Tells null from absent. Members need <see cref="JsonIgnoreCondition.WhenWritingDefault"/> beside it.</summary>
public sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
    where T : struct
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return reader.TokenType == JsonTokenType.Null ? (T?)null : JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(options);
        if (value.Value is { } given)
            JsonSerializer.Serialize(writer, given, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        else
            writer.WriteNullValue();
    }
}
