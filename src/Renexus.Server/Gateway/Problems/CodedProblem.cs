using Microsoft.AspNetCore.Mvc;

namespace Renexus.Server.Gateway;

/// <summary>One occurrence of a failure. <see cref="ProblemWriter"/> writes it over HTTP, the sockets turn it into an <c>error</c>.</summary>
internal sealed class CodedProblem : ProblemDetails
{
    public CodedProblem(
        ProblemCode code, string? detail, IReadOnlyDictionary<string, string[]>? errors = null, TimeSpan? retryAfter = null)
    {
        Code = code;
        Errors = errors;
        RetryAfter = retryAfter;
        Type = code.TypeUri;
        Title = code.Title;
        Status = code.Status;
        Detail = detail;
    }

    public ProblemCode Code { get; }

    /// <summary>Sentences by JSON field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; }

    public TimeSpan? RetryAfter { get; }

    /// <summary>Gives a problem that the framework made its code.</summary>
    public static CodedProblem From(ProblemDetails details, int status)
    {
        if (details is CodedProblem coded)
            return coded;

        var code = ProblemCode.OfStatus(details.Status ?? status);
        return details is HttpValidationProblemDetails { Errors: var errors }
            ? Problems.Invalid(FieldNames.AsInJson(errors))
            : new CodedProblem(code, detail: null);
    }
}
