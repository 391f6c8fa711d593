using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Renexus.Server.Gateway;

/// <summary>What an operation answers wherever it was asked from: a value, or the failure that the caller must expect.</summary>
internal readonly record struct Outcome<T>
{
    private Outcome(T? value, CodedProblem? problem) => (Value, Problem) = (value, problem);

    public T? Value { get; }

    public CodedProblem? Problem { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(CodedProblem problem) => new(default, problem);

    public static implicit operator Outcome<T>(ProblemHttpResult problem) => new(default, (CodedProblem)problem.ProblemDetails);

    /// <summary>The value, where it is known by an interface, from which nothing converts by itself.</summary>
    public static Outcome<T> Of(T value) => new(value, null);

    /// <summary>True with the failure, false with the value.</summary>
    public bool Failed([NotNullWhen(true)] out CodedProblem? problem, [NotNullWhen(false)] out T? value)
    {
        (problem, value) = (Problem, Value);
        return problem is not null;
    }
}
