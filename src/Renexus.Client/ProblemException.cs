using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client;

/// <summary>The server refused a request, or failed; over HTTP and over sockets alike (GW-3). Branch on <see cref="Code"/>.</summary>
public sealed class ProblemException : Exception
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>A failure told over HTTP.</summary>
    /// <param name="problem">What the server answered.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>.</param>
    public ProblemException(Problem problem, TimeSpan? retryAfter = null)
        : base(problem.Detail ?? problem.Title)
    {
        Type = problem.Type;
        Code = problem.Code;
        Status = problem.Status;
        Errors = problem.Errors ?? NoErrors;
        TraceId = problem.TraceId;
        RetryAfter = retryAfter;
    }

    /// <summary>A failure told over a socket.</summary>
    /// <param name="error">What the server answered.</param>
    public ProblemException(ErrorPayload error)
        : base(error.Message)
    {
        Code = error.Code;
        Errors = error.Errors ?? NoErrors;
        RetryAfter = error.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>The URI of the kind of problem, with a page of its own; null over sockets.</summary>
    public string? Type { get; }

    /// <summary>One of <see cref="ProblemCodes"/> or a more specific, documented one.</summary>
    public string Code { get; }

    /// <summary>The HTTP status; null over sockets.</summary>
    public int? Status { get; }

    /// <summary>Sentences by JSON field; empty unless the input was at fault.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    /// <summary>What to quote when asking the operator about it.</summary>
    public string? TraceId { get; }

    /// <summary>How long to wait before trying again, when the server said so.</summary>
    public TimeSpan? RetryAfter { get; }
}
