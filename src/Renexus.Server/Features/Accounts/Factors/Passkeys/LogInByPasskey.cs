using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// Logs in without a password. The authenticator has verified its holder, so this is two factors in one and no other is asked for.
/// </summary>
internal static class LogInByPasskey
{
    public static async Task<Results<Ok<LoggedIn>, ProblemHttpResult>> HandleAsync(
        PasskeyProofRequest request, HttpContext context, PasskeyCeremonies ceremonies, Database database, LogIns logIns, TimeProvider clock,
        ILogger<Program> logger, CancellationToken cancellationToken)
    {
        if (await ceremonies.JudgeAsync(request, PasskeyChallenges.Prove, userId: null, context) is not { } userId)
        {
            logger.LogInFailed(null, LogIns.AddressOf(context));
            await database.RecordPersonalAsync(
                AuditActions.LogInRefused, null, null, new { because = "passkey" }, clock.GetUtcNow(), cancellationToken);
            return Refused;
        }

        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.QueryFirstAsync(GetMe.ById, [userId], cancellationToken) is not { } user)
            return Refused;

        var logIn = await logIns.BeginAsync(work, user.Id, context, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());

        logger.LoggedIn(user.Id, logIn.Session.Id, logIn.Session.Address);
        return TypedResults.Ok(await logIns.AnswerAsync(context, user, logIn, cancellationToken));
    }

    private static ProblemHttpResult Refused => Problems.Unauthenticated("The passkey does not open an account here, or took too long; try again.");
}
