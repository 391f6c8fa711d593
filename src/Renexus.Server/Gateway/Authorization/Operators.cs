using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway;

/// <summary>
/// Who runs the installation. What is theirs is read past row-level security, by the log's own reader: so each operation of <c>/api/ops</c> asks here first.
/// </summary>
internal static class Operators
{
    private sealed record OperatorRow(bool IsOperator);

    private static readonly Query<OperatorRow> Operator = new("operators.is", "select accounts.is_operator($1) as is_operator");

    public static async Task<bool> IsOperatorAsync(this Database database, Caller caller, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(caller.UserId), Operator, [caller.UserId], cancellationToken) is { IsOperator: true };

    /// <summary>Null for an operator.</summary>
    /// <param name="sentence">What is theirs alone.</param>
    public static async Task<ProblemHttpResult?> RefuseOthersAsync(this Database database, Caller caller, string sentence, CancellationToken cancellationToken) =>
        await database.IsOperatorAsync(caller, cancellationToken)
            ? null
            : Problems.Forbidden(sentence);
}
