using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Renexus.Server.Gateway.Idempotency;

/// <summary>What a request was answered with, as it is kept and given again.</summary>
internal sealed record StoredAnswer(int Status, Dictionary<string, string?[]> Headers, byte[] Body)
{
    /// <summary>A larger answer is not kept: the request is still carried out once, and a repeat is told so.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Says that this answer was given before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    // What an answer says about its content. All else (limits, correlation, security) is of the request at hand.
    private static readonly string[] Kept = ["Content-Type", "Content-Language", "Content-Disposition", "ETag", "Location", "Set-Cookie", "Cache-Control"];

    public static StoredAnswer Of(HttpResponse response, ReadOnlyMemory<byte> body) => new(
        response.StatusCode,
        Kept.Where(response.Headers.ContainsKey).ToDictionary(name => name, name => response.Headers[name].ToArray(), StringComparer.OrdinalIgnoreCase),
        body.ToArray());

    public static StoredAnswer Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<StoredAnswer>(json, Json.Options)!;

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Options);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        foreach (var (name, values) in Headers)
            response.Headers[name] = new StringValues(values);
        response.Headers[ReplayedHeader] = "true";
        if (Body.Length == 0)
            return;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, context.RequestAborted);
    }
}
