using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class GetSecurity
{
    private sealed record Row(string Email, bool EmailVerified, bool HasPassword, bool Totp, int RecoveryCodesLeft);

    private static readonly Query<Row> Of = new("accounts.security_of", """
        select a.email, a.email_verified_at is not null as email_verified, a.password_hash is not null as has_password,
               exists (select from accounts.totp t where t.user_id = a.id and t.confirmed_at is not null) as totp,
               (select count(*)::int from accounts.recovery_code r where r.user_id = a.id and r.used_at is null) as recovery_codes_left
        from accounts.user_account a
        where a.id = $1
        """);

    private static readonly Query<Passkey> Passkeys = new("accounts.passkeys_of", """
        select id, name, created_at, last_used_at from accounts.passkey where user_id = $1 order by created_at
        """);

    public static async Task<Results<Ok<SecuritySettings>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, CancellationToken cancellationToken)
    {
        var row = await database.QueryFirstAsync(Scope.Of(caller.UserId), Of, [caller.UserId], cancellationToken);
        if (row is null)
            return Problems.NotFound("account");

        var passkeys = await database.QueryAsync(Scope.Of(caller.UserId), Passkeys, [caller.UserId], cancellationToken);
        return TypedResults.Ok(new SecuritySettings(row.Email, row.EmailVerified, row.HasPassword, row.Totp, row.RecoveryCodesLeft, passkeys));
    }
}
