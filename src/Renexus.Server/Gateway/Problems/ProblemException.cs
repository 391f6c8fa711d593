namespace Renexus.Server.Gateway;

/// <summary>
/// A failure found where no result can be returned (binding a parameter, deep inside a parser). Operations return
/// <see cref="Problems"/> instead.
/// </summary>
internal class ProblemException(CodedProblem problem) : Exception(problem.Detail ?? problem.Title)
{
    public CodedProblem Problem => problem;
}
