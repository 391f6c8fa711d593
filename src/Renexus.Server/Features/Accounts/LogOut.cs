using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

/// <summary>Ends the log-in that asks: known by its access token or, when that has run out, by its refresh token.</summary>
internal static class LogOut
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        RefreshRequest? request, Caller? caller, HttpContext context, Database database, BrowserClient browser, SessionEndings endings,
        ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var (userId, sessionId) = (caller?.UserId, caller?.SessionId);
        if (caller is null)
        {
            var text = request?.RefreshToken ?? (BrowserClient.Asks(context.Request) ? browser.Read(context.Request) : null);
            var holder = SecretToken.TryParse(text, out var token)
                ? await database.QueryFirstAsync(Scope.None, RenewTokens.HolderOf, [token.Hash()], cancellationToken)
                : null;
            if (holder is null)
                return Problems.Unauthenticated("Nobody is logged in here.");
            (userId, sessionId) = (holder.UserId, holder.SessionId);
        }

        await endings.EndAsync(userId!.Value, sessionId!.Value, SessionEndings.LoggedOut, userId, cancellationToken);
        if (BrowserClient.Asks(context.Request))
        {
            browser.Clear(context);
            // What the client kept for working offline (SEC-HDR-02). Not cookies: those of other programs on this host would go too.
            context.Response.Headers["Clear-Site-Data"] = "\"storage\"";
        }

        logger.LoggedOut(userId.Value, sessionId.Value);
        return TypedResults.NoContent();
    }
}
