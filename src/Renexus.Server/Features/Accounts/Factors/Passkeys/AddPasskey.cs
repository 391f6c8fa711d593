using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class AddPasskey
{
    /// <summary>More than anybody has devices.</summary>
    private const int Most = 50;

    private static readonly Query<Passkey> Insert = new("accounts.add_passkey", """
        insert into accounts.passkey
          (id, user_id, credential_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, created_at)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where (select count(*) from accounts.passkey where user_id = $2) < $12
        returning id, name, created_at, last_used_at
        """);

    public static async Task<Results<Created<Passkey>, ProblemHttpResult>> HandleAsync(
        AddPasskeyRequest request, Caller caller, HttpContext context, PasskeyCeremonies ceremonies, Database database, FactorNews news,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var made = await ceremonies.JudgeNewAsync(request.ChallengeId!.Value, request.Credential!.Value, caller.UserId, context);
        if (made is null)
            return Problems.Validation("credential", "It does not answer this challenge, was made for another address, or took too long; begin again.");

        var now = clock.GetUtcNow();
        try
        {
            await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
            var passkey = await work.QueryFirstAsync(
                Insert,
                [
                    Guid.CreateVersion7(now), caller.UserId, made.CredentialId, made.PublicKey, request.Name!.Trim(), (long)made.SignCount,
                    made.Transports ?? [], made.IsUserVerified, made.IsBackupEligible, made.IsBackedUp, now, Most,
                ],
                cancellationToken);
            if (passkey is null)
                return Problems.Conflict($"An account has at most {Most} passkeys; remove one you no longer use.");
            work.RecordPersonal(AuditActions.PasskeyAdded, caller.UserId, passkey.Id, after: new { passkey.Name });
            await news.TellAsync(work, caller.UserId, FactorNews.PasskeyAdded, cancellationToken);
            await work.CommitAsync(now);

            return TypedResults.Created($"/api/me/passkeys/{passkey.Id}", passkey);
        }
        catch (PostgresException e) when (e.ConstraintName == "passkey_credential_key")
        {
            return Problems.Conflict("This passkey is in use already.");
        }
    }
}
