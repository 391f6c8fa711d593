using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class EndSession
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid sessionId, Caller caller, SessionEndings endings, CancellationToken cancellationToken) =>
        await endings.EndAsync(caller.UserId, sessionId, SessionEndings.Revoked, caller.UserId, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("session", sessionId);
}
