using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Ten new recovery codes, shown this once; the old ones open nothing any more (SEC-MFA-03).</summary>
internal static class NewRecoveryCodes
{
    private sealed record Salted(byte[] Salt);

    // The row's lock puts those who ask at once in line: the codes of the last one count.
    private static readonly Query<Salted> Lock = new("accounts.lock_totp", """
        select salt from accounts.totp where user_id = $1 and confirmed_at is not null for update
        """);

    private static readonly Command Drop = new("accounts.drop_recovery_codes", """
        delete from accounts.recovery_code where user_id = $1
        """);

    internal static readonly Command Keep = new("accounts.keep_recovery_codes", """
        insert into accounts.recovery_code (user_id, hash, created_at)
        select $1, decode(h, 'hex'), $3 from unnest($2::text[]) h
        """);

    public static async Task<Results<Ok<RecoveryCodes>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, FactorNews news, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Lock, [caller.UserId], cancellationToken) is not { } totp)
            return Problems.Conflict("Recovery codes come with the codes of an app, and those are off.");

        var codes = RecoveryCode.NewSet();
        await work.ExecuteAsync(Drop, [caller.UserId], cancellationToken);
        await work.ExecuteAsync(Keep, [caller.UserId, HashesOf(codes, totp.Salt), now], cancellationToken);
        work.RecordPersonal(AuditActions.RecoveryCodesMade, caller.UserId, resourceId: null);
        await news.TellAsync(work, caller.UserId, FactorNews.CodesRenewed, cancellationToken);
        await work.CommitAsync(now);

        return TypedResults.Ok(new RecoveryCodes(codes));
    }

    /// <summary>What is stored of codes, in hexadecimal.</summary>
    internal static string[] HashesOf(string[] codes, byte[] salt) =>
        [.. codes.Select(shown => RecoveryCode.TryRead(shown, out var code)
            ? Convert.ToHexStringLower(RecoveryCode.Hash(code, salt))
            : throw new ArgumentException("Not a recovery code.", nameof(codes)))];
}
