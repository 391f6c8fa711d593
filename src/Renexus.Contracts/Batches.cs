using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Renexus.Contracts;

/// <summary>Several requests in one (GW-8).</summary>
public sealed record BatchRequest
{
    /// <summary>Carried out one after the other.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<BatchItemRequest>? Requests { get; init; }
}

/// <summary>One of them, as it would be sent alone.</summary>
public sealed record BatchItemRequest
{
    /// <summary>Names its answer; unique within the batch.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string? Id { get; init; }

    /// <summary><c>GET</c>, <c>POST</c>, <c>PUT</c>, <c>PATCH</c> or <c>DELETE</c>.</summary>
    [Required, AllowedValues("GET", "POST", "PUT", "PATCH", "DELETE")]
    public string? Method { get; init; }

    /// <summary>The path with its query, beginning with <c>/api/</c>.</summary>
    [Required, StringLength(8_000, MinimumLength = 1)]
    public string? Path { get; init; }

    /// <summary>Its own headers, such as <c>Idempotency-Key</c> and <c>If-Match</c>. Those that say who asks come from the batch.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Its JSON.</summary>
    public JsonElement? Body { get; init; }
}

/// <summary>The answers, in the order of the requests.</summary>
/// <param name="Responses">One for each request.</param>
public sealed record BatchResponses(IReadOnlyList<BatchResponse> Responses);

/// <summary>One answer.</summary>
/// <param name="Id">The request's.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The answer's headers.</param>
/// <param name="Body">JSON as it is, other text as a string; absent when there is none.</param>
public sealed record BatchResponse(string Id, int Status, IReadOnlyDictionary<string, string>? Headers = null, JsonElement? Body = null);
