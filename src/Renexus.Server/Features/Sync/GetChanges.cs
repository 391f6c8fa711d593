using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Sync;

internal static class GetChanges
{
    /// <param name="since">The cursor of the answer before; everything anew when absent.</param>
    public static async Task<Results<Ok<SyncChanges>, ProblemHttpResult>> HandleAsync(
        string? since, Caller caller, HttpResponse response, SyncReading reading, CancellationToken cancellationToken)
    {
        LogCursor? cursor = null;
        if (since is not null && (cursor = LogCursor.Parse(since)) is null)
            return Problems.Validation("since", "It is not a cursor of a sync.");
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await reading.ReadAsync(caller, cursor, cancellationToken));
    }
}
