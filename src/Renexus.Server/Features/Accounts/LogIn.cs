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
    private sealed record Credential(Guid Id, string? PasswordHash);

    private static readonly Query<Credential> ByEmail = new("accounts.credential_of", """
        select id, password_hash from accounts.credential_of($1)
        """);

    // Only if nobody changed the password since it was checked.
    private static readonly Command Rehash = new("accounts.rehash_password", """
        update accounts.user_account set password_hash = $3 where id = $1 and password_hash = $2
        """);

    public static async Task<Results<Ok<LoggedIn>, ProblemHttpResult>> HandleAsync(
        LogInRequest request, HttpContext context, Database database, Passwords passwords, SecondFactorStep secondFactor, LogIns logIns, Limiter limiter,
        TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        // 1. Whoever guesses from many addresses is held up by the account's own limit, whether there is such an account or not.
        var key = EmailAddress.Key(request.Email!);
        var limit = await limiter.TakeAsync(Limit.Authentication, LimitKey.OfName(key));
        if (!limit.IsAllowed)
            return Problems.RateLimited(limit.RetryAfter);

        // 2. The password. An unknown address costs the same work, so that the time does not tell it from a wrong password.
        var credential = await database.QueryFirstAsync(Scope.None, ByEmail, [key], cancellationToken);
        var check = await passwords.CheckAsync(credential?.PasswordHash, request.Password!, cancellationToken);
        if (credential is null || !check.Matches)
        {
            logger.LogInFailed(credential?.Id, LogIns.AddressOf(context));
            return Wrong;
        }

        // 3. The second factor of accounts that have one; before the transaction, since a try counts and a used code stays used.
        if (await secondFactor.RefusalAsync(credential.Id, request, context) is { } refusal)
            return TypedResults.Problem(refusal);

        // 4. In: what the check brought up, and the session.
        await using var work = await database.BeginAsync(Scope.Of(credential.Id), cancellationToken);
        var user = await work.QueryFirstAsync(GetMe.ById, [credential.Id], cancellationToken);
        if (user is null)
            return Wrong;

        if (check.Rehash is { } stronger)
            await work.ExecuteAsync(Rehash, [credential.Id, credential.PasswordHash, stronger], cancellationToken);
        var logIn = await logIns.BeginAsync(work, user.Id, context, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());

        logger.LoggedIn(user.Id, logIn.Session.Id, logIn.Session.Address);
        return TypedResults.Ok(await logIns.AnswerAsync(context, user, logIn, cancellationToken));
    }

    private static ProblemHttpResult Wrong => Problems.Unauthenticated("The email address or the password is wrong.");
}
