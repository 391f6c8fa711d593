using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Draws a seed for an authenticator app. It counts once a code of it came back; until then beginning again draws another.</summary>
internal static class BeginTotp
{
    private static readonly Command Keep = new("accounts.begin_totp", """
        insert into accounts.totp as t (user_id, seed, salt, created_at)
        values ($1, $2, $3, $4)
        on conflict (user_id) do update
        set seed = excluded.seed, salt = excluded.salt, created_at = excluded.created_at, last_step = 0, failures = 0, blocked_until = null
        where t.confirmed_at is null
        """);

    public static async Task<Results<Ok<TotpEnrolment>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, SecretFields secrets, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var user = await work.QueryFirstAsync(GetMe.ById, [caller.UserId], cancellationToken);
        if (user is null)
            return Problems.NotFound("account");

        var seed = Totp.NewSeed();
        var sealedSeed = secrets.Encrypt(TotpSeeds.Column, caller.UserId, seed);
        if (await work.ExecuteAsync(Keep, [caller.UserId, sealedSeed, RecoveryCode.NewSalt(), now], cancellationToken) == 0)
            return Problems.Conflict("Codes of an app are on already; turn them off before you set up another app.");
        work.RecordPersonal(AuditActions.TotpBegun, caller.UserId, resourceId: null);
        await work.CommitAsync(now);

        var secret = Base32.Encode(seed, Base32.Rfc4648);
        return TypedResults.Ok(new TotpEnrolment(secret, Totp.UriOf(user.Email, secret)));
    }
}
