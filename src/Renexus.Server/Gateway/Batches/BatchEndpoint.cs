using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway.Idempotency;

namespace Renexus.Server.Gateway.Batches;

/// <summary><c>POST /api/batch</c>: several requests in one round trip.</summary>
internal static class BatchEndpoint
{
    public static void AddBatches(this IServiceCollection services) => services.AddSingleton<Batches>();

    public static void MapBatches(this IEndpointRouteBuilder routes) => routes.MapPost("/api/batch", HandleAsync)
        .WithTags("Batches").WithSummary("Send several requests in one").WithMetadata(new NotInBatch()).CarryingParts();

    public static async Task<Results<Ok<BatchResponses>, ProblemHttpResult>> HandleAsync(
        BatchRequest request, HttpContext context, Batches batches)
    {
        if (request.Requests!.Count > batches.MaxSize)
            return Problems.Validation("requests", $"A batch holds {batches.MaxSize} requests at most.");
        if (request.Requests.GroupBy(item => item.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return Problems.Validation("requests", $"The id {twice.Key} appears more than once.");
        return TypedResults.Ok(await batches.RunAsync(request, context, IdempotencyKey.Of(context.Request)));
    }
}
