using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Sync;

/// <summary>Carries out operations in the order they were made; each has an outcome of its own and holds up no other.</summary>
internal static class ApplyOperations
{
    public static async Task<Results<Ok<SyncResults>, ProblemHttpResult>> HandleAsync(
        SyncRequest request, Caller caller, HttpContext context, SyncOperations operations, CancellationToken cancellationToken)
    {
        var results = new List<SyncResult>(request.Operations!.Count);
        CodedProblem? waits = null;
        foreach (var operation in request.Operations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // What comes behind one that has to wait waits too: it must not overtake it.
            var answer = waits is null ? await operations.RunAsync(operation, caller) : Gateway.Sync.SyncAnswer.Refused(waits);
            if (answer.Problem is { Code.Retryable: true } passing)
                waits = passing;
            results.Add(answer.ToResult(operation.Id!, CorrelationId.Of(context)));
        }
        return TypedResults.Ok(new SyncResults(results));
    }
}
