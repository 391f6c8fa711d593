using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Sets the password by the link that was mailed. It ends every log-in and opens none: who has the mailbox still has to log in, with the
/// second factor where there is one.
/// </summary>
internal static class ResetPassword
{
    private sealed record Open(Guid UserId);

    // Bound to the address: a link that was mailed to the one before opens nothing.
    private static readonly Query<Open> Look = new("accounts.look_at_reset", """
        select l.user_id
        from accounts.link l
        join accounts.user_account a on a.id = l.user_id and a.email_key = l.email_key
        where l.hash = $1 and l.user_id = $2 and l.purpose = 'reset' and l.used_at is null and l.expires_at > $3
        """);

    // Who reads the mailbox has proven the address too.
    private static readonly Query<User> Set = new("accounts.reset_password", """
        with used as (
          update accounts.link set used_at = $3
          where hash = $1 and user_id = $2 and purpose = 'reset' and used_at is null and expires_at > $3
          returning email_key
        )
        update accounts.user_account a
        set password_hash = $4, email_verified_at = coalesce(a.email_verified_at, $3), version = a.version + 1, updated_at = $3
        from used
        where a.id = $2 and a.email_key = used.email_key
        returning a.id, a.email, true as email_verified, a.name, a.is_operator, a.version, a.created_at, a.updated_at
        """);

    private static readonly Command ForgetChange = new("accounts.forget_email_change", """
        delete from accounts.email_change where user_id = $1
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        ResetPasswordRequest request, HttpContext context, Database database, Links links, NewPasswords rules, Passwords passwords,
        SessionEndings endings, KnownDevices devices, MailOutbox outbox, Notices notices, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        // 1. Whose link it is, and whether it is good.
        if (await links.FindAsync(request.Token, Links.Reset, cancellationToken) is not var (userId, hash)
            || await database.QueryFirstAsync(Scope.Of(userId), Look, [hash, userId, clock.GetUtcNow()], cancellationToken) is null
            || await database.QueryFirstAsync(Scope.Of(userId), AccountStore.ById, [userId], cancellationToken) is not { } account)
            return VerifyEmail.Gone;

        // 2. The password. A refused one leaves the link good.
        if (await rules.RefuseAsync(account, request.Password!) is { } refusal)
            return refusal;
        var passwordHash = await passwords.HashAsync(request.Password!, cancellationToken);

        // 3. All of it or nothing. Of two who use the link at once one gets here.
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.QueryFirstAsync(Set, [hash, userId, now, passwordHash], cancellationToken) is not { } user)
            return VerifyEmail.Gone;

        await Links.VoidAllAsync(work, userId, cancellationToken);
        await work.ExecuteAsync(ForgetChange, [userId], cancellationToken);
        await endings.EndAllAsync(work, userId, SessionEndings.PasswordReset, actor: null, cancellationToken);
        await LogInGuard.ForgiveAsync(work, account.Email, cancellationToken);
        await outbox.PutAsync(work, AccountMails.PasswordChanged, new { userId }, cancellationToken);
        await notices.WarnAsync(work, userId, "Your password was set anew", cancellationToken);
        work.AnnounceToUser(userId, ChangeOp.Update, "user", userId, user, actor: null);
        // Whoever reads the mailbox here is held up no more than on a device that has logged in before.
        if (BrowserClient.Asks(context.Request))
            await devices.RememberAsync(work, userId, context, known: null, cancellationToken);
        work.RecordPersonal(AuditActions.PasswordReset, userId, userId);
        await work.CommitAsync(now);

        logger.PasswordReset(userId, LogIns.AddressOf(context));
        return TypedResults.NoContent();
    }
}
