using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Renexus.Contracts;

namespace Renexus.Server.Gateway;

/// <summary>How the server reads and writes JSON, over HTTP and sockets alike (PROTOCOL, Conventions: strict input).</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>A value as the wire has it, in UTF-8.</summary>
    public static byte[] Utf8<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>Answers with JSON that lies ready, in one write; status and further headers are the caller's.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    /// <summary>Makes options the same as <see cref="Options"/>.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = ContractsJson.MaxDepth;
        // Nothing here is ever pasted into HTML, and escaping would make most languages' messages three times as long.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcMillisecondsConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new ElementConverter());
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Lenient, new DefaultJsonTypeInfoResolver());
    }

    /// <summary>What is wrong, in a sentence for whoever sent it; the serializer's own words name our types.</summary>
    public static string Explain(JsonException e) => e switch
    {
        RefusedText => e.Message,
        { Message: var m } when m.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) => "It is not known here.",
        { Message: var m } when m.StartsWith("Duplicate property", StringComparison.Ordinal) => "It appears more than once.",
        { Message: var m } when m.Contains("maximum configured depth", StringComparison.Ordinal) => $"It is nested deeper than {ContractsJson.MaxDepth} levels.",
        { Message: var m } when m.Contains("could not be converted", StringComparison.Ordinal) => "It cannot be read as what is expected here.",
        { Message: var m } when m.StartsWith("A time must be", StringComparison.Ordinal) => m,
        _ => "This is not valid JSON.",
    };

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly();
        return options;
    }
}
