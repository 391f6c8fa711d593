using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Logs in with email and password. The steps do not mix: what is wrong with the first proof is said the same way whatever it is, and a
/// second factor is asked for only after the first has held.
/// </summary>
internal static class LogIn
{
    // Only if nobody changed the password since it was checked.
    private static readonly Command Rehash = new("accounts.rehash_password", """
        update accounts.user_account set password_hash = $3 where id = $1 and password_hash = $2
        """);

    public static async Task<Results<Ok<LoggedIn>, ProblemHttpResult>> HandleAsync(
        LogInRequest request, HttpContext context, Database database, LogInGuard guard, KnownDevices devices, SecondFactorStep secondFactor,
        LogIns logIns, Limiter limiter, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        // 1. Whoever floods one account from many addresses is turned away, whether there is such an account or not. A device that shows
        //    something has a limit of its own: what others do at the door does not keep its owner out.
        var key = EmailAddress.Key(request.Email!);
        var device = devices.Shown(context.Request, request.DeviceToken);
        var limit = await limiter.TakeAsync(
            Limit.Authentication, LimitKey.OfName(device is null ? key : key + Convert.ToHexStringLower(device.Hash())));
        if (!limit.IsAllowed)
            return Problems.RateLimited(limit.RetryAfter);

        // 2. The password. What is wrong, be it the address, the password or too many tries, is neither said nor to be seen from the time it takes.
        if (await guard.ProveAsync(key, request.Password!, device, context, cancellationToken) is not { } proof)
            return Wrong;

        // 3. The second factor of accounts that have one; before the transaction, since a try counts and a used code stays used.
        if (await secondFactor.RefusalAsync(proof.UserId, request, context) is { } refusal)
        {
            if (refusal.Code == ProblemCode.SecondFactorInvalid)
                await guard.FailedAsync(proof, LogInGuard.SecondFactor, context, cancellationToken);
            return TypedResults.Problem(refusal);
        }

        // 4. In: what the check brought up, and the session.
        await using var work = await database.BeginAsync(Scope.Of(proof.UserId), cancellationToken);
        var user = await work.QueryFirstAsync(GetMe.ById, [proof.UserId], cancellationToken);
        if (user is null)
            return Wrong;

        if (proof.Rehash is { } stronger)
            await work.ExecuteAsync(Rehash, [proof.UserId, proof.PasswordHash, stronger], cancellationToken);
        await guard.OpenedAsync(work, proof, context, cancellationToken);
        var logIn = await logIns.BeginAsync(work, user.Id, context, cancellationToken, proof.IsKnownDevice ? proof.Device : null);
        await work.CommitAsync(clock.GetUtcNow());

        logger.LoggedIn(user.Id, logIn.Session.Id, logIn.Session.Address);
        return TypedResults.Ok(await logIns.AnswerAsync(context, user, logIn, cancellationToken));
    }

    private static ProblemHttpResult Wrong => Problems.Unauthenticated(
        "The email address or the password is wrong. After several wrong tries, wait a little before the next.");
}
