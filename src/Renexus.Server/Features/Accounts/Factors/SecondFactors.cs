using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// What an account with codes of an app asks for on top of the password (AU-7). It asks once the codes are on: a passkey alone is a way in
/// of its own, and then also serves as second factor. Each part is a statement of its own that stands whatever becomes of the log-in:
/// a try counts and a used code stays used.
/// </summary>
internal sealed class SecondFactors(Database database, SecretFields secrets, FactorNews news, TimeProvider clock)
{
    /// <summary>So many wrong codes in a row, and for a minute none is taken; each further one doubles that, up to an hour.</summary>
    private const int FreeFailures = 5;

    private sealed record Factors(bool Totp, bool Recovery, bool Passkey);

    private static readonly Query<Factors> Of = new("accounts.factors_of", """
        select exists (select from accounts.totp t where t.user_id = $1 and t.confirmed_at is not null) as totp,
               exists (select from accounts.recovery_code r where r.user_id = $1 and r.used_at is null) as recovery,
               exists (select from accounts.passkey p where p.user_id = $1) as passkey
        """);

    private sealed record Try(byte[] Seed, int Failures);

    // Counted before it is judged: of many guesses at once only the free ones are looked at.
    private static readonly Query<Try> Begin = new("accounts.try_totp", """
        update accounts.totp
        set failures = failures + 1,
            blocked_until = case when failures + 1 >= $3::int
              then $2::timestamptz + least(interval '1 hour', interval '1 minute' * power(2, least(failures + 1 - $3::int, 10))) end
        where user_id = $1 and confirmed_at is not null and (blocked_until is null or blocked_until <= $2::timestamptz)
        returning seed, failures
        """);

    // Of many who bring the same code at once, the row's lock lets one.
    private static readonly Command Use = new("accounts.use_totp", """
        update accounts.totp set last_step = $2, failures = 0, blocked_until = null
        where user_id = $1 and last_step < $2
        """);

    private sealed record Salted(byte[] Salt);

    private static readonly Query<Salted> SaltOf = new("accounts.recovery_salt", """
        select salt from accounts.totp where user_id = $1 and confirmed_at is not null
        """);

    private static readonly Command UseRecovery = new("accounts.use_recovery_code", """
        update accounts.recovery_code set used_at = $3 where user_id = $1 and hash = $2 and used_at is null
        """);

    /// <summary>What this account would take as second factor; empty when it asks for none.</summary>
    public async Task<string[]> MethodsOfAsync(Guid userId, CancellationToken cancellationToken)
    {
        var factors = await database.QueryFirstAsync(Scope.Of(userId), Of, [userId], cancellationToken);
        if (factors is not { Totp: true })
            return [];

        List<string> methods = [FactorMethods.Totp];
        if (factors.Recovery)
            methods.Add(FactorMethods.Recovery);
        if (factors.Passkey)
            methods.Add(FactorMethods.Passkey);
        return [.. methods];
    }

    /// <summary>Whether a code of the app or a recovery code holds; if so it never will again.</summary>
    public Task<bool> UseCodeAsync(Guid userId, string code, CancellationToken cancellationToken)
    {
        var text = code.Replace(" ", "", StringComparison.Ordinal);
        return Totp.LooksLikeCode(text) ? UseTotpAsync(userId, text, cancellationToken)
            : RecoveryCode.TryRead(text, out var recovery) ? UseRecoveryAsync(userId, recovery, cancellationToken)
            : Task.FromResult(false);
    }

    private async Task<bool> UseTotpAsync(Guid userId, string code, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var attempt = await database.QueryFirstAsync(Scope.Of(userId), Begin, [userId, now, FreeFailures], cancellationToken);
        if (attempt is null)
            return false;

        var seed = secrets.Decrypt(TotpSeeds.Column, userId, attempt.Seed);
        if (Totp.StepOf(code, seed, now) is { } step
            && await database.ExecuteAsync(Scope.Of(userId), Use, [userId, step], cancellationToken) > 0)
            return true;

        if (attempt.Failures < FreeFailures)
            return false;

        await database.RecordPersonalAsync(
            AuditActions.LogInsLocked, userId, resourceId: null, new { factor = FactorMethods.Totp, attempt.Failures }, now, cancellationToken);
        if (attempt.Failures == FreeFailures)
            await news.TellAsync(userId, FactorNews.CodesBlocked, cancellationToken);
        return false;
    }

    // Nobody guesses 80 bits: these are not blocked, so that who knows the password cannot keep the owner out.
    private async Task<bool> UseRecoveryAsync(Guid userId, string code, CancellationToken cancellationToken)
    {
        var totp = await database.QueryFirstAsync(Scope.Of(userId), SaltOf, [userId], cancellationToken);
        if (totp is null)
            return false;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.ExecuteAsync(UseRecovery, [userId, RecoveryCode.Hash(code, totp.Salt), now], cancellationToken) == 0)
            return false;
        work.RecordPersonal(AuditActions.RecoveryCodeUsed, userId, resourceId: null);
        await news.TellAsync(work, userId, FactorNews.CodeUsed, cancellationToken);
        await work.CommitAsync(now);

        return true;
    }
}
