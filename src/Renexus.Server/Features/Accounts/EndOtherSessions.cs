using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class EndOtherSessions
{
    public static async Task<NoContent> HandleAsync(Caller caller, SessionEndings endings, CancellationToken cancellationToken)
    {
        await endings.EndAllButAsync(caller.UserId, caller.SessionId, SessionEndings.Revoked, cancellationToken);
        return TypedResults.NoContent();
    }
}
