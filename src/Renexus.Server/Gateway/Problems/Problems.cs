using Microsoft.AspNetCore.Http.HttpResults;

namespace Renexus.Server.Gateway;

/// <summary>The expected failures, as operations return them.</summary>
internal static class Problems
{
    /// <summary>Missing, or not for the caller to see: one answer for both, so that nobody learns what exists.</summary>
    public static ProblemHttpResult NotFound(string what, Guid id) => Of(ProblemCode.NotFound, $"There is no {what} {id}.");

    public static ProblemHttpResult NotFound(string what) => Of(ProblemCode.NotFound, $"There is no such {what}.");

    /// <summary>The caller sees it but lacks this right.</summary>
    /// <param name="sentence">What is missing, as in "Only an owner may delete the workspace."</param>
    public static ProblemHttpResult Forbidden(string sentence) => Of(ProblemCode.Forbidden, sentence);

    /// <summary>One field breaks a rule that its attributes cannot say.</summary>
    /// <param name="field">As in JSON: <c>body</c>, <c>items[2].name</c>.</param>
    public static ProblemHttpResult Validation(string field, string sentence) => TypedResults.Problem(Invalid(field, sentence));

    public static ProblemHttpResult Validation(IReadOnlyDictionary<string, string[]> errors) => TypedResults.Problem(Invalid(errors));

    public static ProblemHttpResult Conflict(string sentence) => Of(ProblemCode.Conflict, sentence);

    /// <summary>Somebody changed it first; the caller gets the current state to merge with (GW-6).</summary>
    public static ProblemHttpResult VersionConflict(object current)
    {
        var problem = new CodedProblem(ProblemCode.PreconditionFailed, "It was changed since the version you have; current is what it is now.");
        problem.Extensions["current"] = current;
        return TypedResults.Problem(problem);
    }

    public static ProblemHttpResult Unauthenticated(string sentence) => Of(ProblemCode.Unauthenticated, sentence);

    public static ProblemHttpResult RateLimited(TimeSpan retryAfter) => TypedResults.Problem(TooFast(retryAfter));

    public static ProblemHttpResult Unavailable(TimeSpan retryAfter) => TypedResults.Problem(Busy(retryAfter));

    public static ProblemHttpResult Of(ProblemCode code, string sentence) => TypedResults.Problem(new CodedProblem(code, sentence));

    internal static CodedProblem Invalid(string field, string sentence) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [sentence] });

    internal static CodedProblem Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(ProblemCode.ValidationFailed, errors.Values.FirstOrDefault()?.FirstOrDefault(), errors);

    internal static CodedProblem TooFast(TimeSpan retryAfter) =>
        new(ProblemCode.RateLimited, $"Too many requests; try again in {Seconds(retryAfter)} s.", retryAfter: retryAfter);

    internal static CodedProblem Busy(TimeSpan retryAfter) =>
        new(ProblemCode.Unavailable, $"The server cannot do this right now; try again in {Seconds(retryAfter)} s.", retryAfter: retryAfter);

    /// <summary><c>Retry-After</c> has whole seconds; rounding down would invite the client too early.</summary>
    internal static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}
