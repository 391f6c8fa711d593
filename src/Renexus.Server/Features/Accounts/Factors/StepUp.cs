using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// Proves once more, in a log-in that goes on, who sits there. What does not hold is a 400 or a refusal of the factor, never a plain 401:
/// the access token is good, and a client must not throw it away.
/// </summary>
internal static class StepUp
{
    internal sealed record Credential(string? PasswordHash);

    internal static readonly Query<Credential> OwnPassword = new("accounts.own_password", """
        select password_hash from accounts.user_account where id = $1
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        StepUpRequest request, Caller caller, Database database, Passwords passwords, SessionProofs proofs, Limiter limiter,
        ILogger<Program> logger, CancellationToken cancellationToken)
    {
        // Whoever has stolen a token does not get to guess with it.
        var limit = await limiter.TakeAsync(Limit.Authentication, LimitKey.Of(caller.UserId));
        if (!limit.IsAllowed)
            return Problems.RateLimited(limit.RetryAfter);

        if (request.Password is not { } password)
            return Problems.Validation("password", "It is required.");

        var own = await database.QueryFirstAsync(Scope.Of(caller.UserId), OwnPassword, [caller.UserId], cancellationToken);
        if (!(await passwords.CheckAsync(own?.PasswordHash, password, cancellationToken)).Matches)
        {
            logger.StepUpFailed(caller.UserId, caller.SessionId);
            return Problems.Validation("password", "It is wrong.");
        }

        if (!await proofs.RenewAsync(caller, cancellationToken))
            return Problems.Unauthenticated("This log-in was ended; log in again.");

        logger.SteppedUp(caller.UserId, caller.SessionId);
        return TypedResults.NoContent();
    }
}
