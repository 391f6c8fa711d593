namespace Renexus.Contracts;

/// <summary>A failure as <c>application/problem+json</c> (RFC 9457, GW-3).</summary>
/// <param name="Type">A stable URI with a page of its own; programs branch on it or on <paramref name="Code"/>.</param>
/// <param name="Title">The kind of failure in a few words, the same for every occurrence.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">One sentence about this occurrence, for people.</param>
/// <param name="Code">One of <see cref="ProblemCodes"/> or a more specific, documented one.</param>
/// <param name="TraceId">What to quote when asking about it: the correlation id of the request.</param>
/// <param name="Errors">For <see cref="ProblemCodes.ValidationFailed"/>: sentences by JSON field, as in <c>{"body":["…"]}</c>.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string? Detail,
    string Code,
    string? TraceId,
    IReadOnlyDictionary<string, string[]>? Errors = null);
