using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Renexus.Contracts;
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
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        StepUpRequest request, Caller caller, HttpContext context, UserManager<Account> users, LogInGuard guard, SecondFactors factors,
        SecondFactorStep step, PasskeyCeremonies ceremonies, SessionProofs proofs, Limiter limiter, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        // Whoever has stolen a token does not get to guess with it.
        var limit = await limiter.TakeAsync(Limit.Authentication, LimitKey.Of(caller.UserId));
        if (!limit.IsAllowed)
            return Problems.RateLimited(limit.RetryAfter);

        var refusal = await RefusalAsync();
        if (refusal is not null)
        {
            logger.StepUpFailed(caller.UserId, caller.SessionId);
            await proofs.RefuseAsync(caller, request.Passkey is not null ? "passkey" : request.Code is not null ? "code" : "password", cancellationToken);
            return TypedResults.Problem(refusal);
        }

        if (!await proofs.RenewAsync(caller, cancellationToken))
            return Problems.Unauthenticated("This log-in was ended; log in again.");

        logger.SteppedUp(caller.UserId, caller.SessionId);
        return TypedResults.NoContent();

        async Task<CodedProblem?> RefusalAsync()
        {
            if (request.Passkey is { } passkey)
                return await ceremonies.JudgeAsync(passkey, PasskeyChallenges.Prove, caller.UserId, context) is null ? SecondFactorStep.Invalid : null;
            if (request.Password is null && string.IsNullOrWhiteSpace(request.Code))
                return Problems.Invalid("password", "Send the password, a code, or the answer of a passkey.");

            if (request.Password is { } password && !await MatchesAsync(password))
                return Problems.Invalid("password", "It is wrong.");
            if (request.Code is { Length: > 0 } code)
                return await factors.UseCodeAsync(caller.UserId, code, cancellationToken) ? null : Problems.Invalid("code", "It is wrong, or was used before.");

            var methods = await factors.MethodsOfAsync(caller.UserId, cancellationToken);
            return methods.Length == 0 ? null : await step.RequiredAsync(caller.UserId, methods, context);
        }

        async Task<bool> MatchesAsync(string password) =>
            await users.FindByIdAsync(caller.UserId.ToString()) is { } account
            && await guard.ConfirmAsync(account, password, caller, context, cancellationToken);
    }
}
