using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>A code of the app shows that it holds the seed: from now on logging in asks for one. Gives the recovery codes, this once.</summary>
internal static class ConfirmTotp
{
    private sealed record Pending(byte[] Seed, byte[] Salt);

    // Only the seed that was looked at: beginning again in between draws another.
    private static readonly Query<Pending> Find = new("accounts.pending_totp", """
        select seed, salt from accounts.totp where user_id = $1 and confirmed_at is null
        """);

    private static readonly Command Confirm = new("accounts.confirm_totp", """
        update accounts.totp set confirmed_at = $3, last_step = $4
        where user_id = $1 and seed = $2 and confirmed_at is null
        """);

    public static async Task<Results<Ok<RecoveryCodes>, ProblemHttpResult>> HandleAsync(
        ConfirmTotpRequest request, Caller caller, Database database, SecretFields secrets, FactorNews news, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var pending = await database.QueryFirstAsync(Scope.Of(caller.UserId), Find, [caller.UserId], cancellationToken);
        if (pending is null)
            return Problems.Conflict("There is nothing to confirm; begin with POST /api/me/totp.");

        var now = clock.GetUtcNow();
        var seed = secrets.Decrypt(TotpSeeds.Column, caller.UserId, pending.Seed);
        if (Totp.StepOf(request.Code!, seed, now) is not { } step)
            return Problems.Validation("code", "It is not what the app shows for this seed; is the clock of its device right?");

        var codes = RecoveryCode.NewSet();
        var hashes = NewRecoveryCodes.HashesOf(codes, pending.Salt);
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.ExecuteAsync(Confirm, [caller.UserId, pending.Seed, now, step], cancellationToken) == 0)
            return Problems.Conflict("Another request has confirmed or begun meanwhile.");
        await work.ExecuteAsync(NewRecoveryCodes.Keep, [caller.UserId, hashes, now], cancellationToken);
        work.RecordPersonal(AuditActions.TotpAdded, caller.UserId, resourceId: null);
        work.RecordPersonal(AuditActions.RecoveryCodesMade, caller.UserId, resourceId: null);
        await news.TellAsync(work, caller.UserId, FactorNews.TotpOn, cancellationToken);
        await work.CommitAsync(now);

        return TypedResults.Ok(new RecoveryCodes(codes));
    }
}
