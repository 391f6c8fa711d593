using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>Changes the own password, on the strength of the one before. The other log-ins end: one of them may be why it is changed.</summary>
internal static class ChangePassword
{
    // Only if nobody changed it since it was checked.
    private static readonly Command Set = new("accounts.change_password", """
        update accounts.user_account set password_hash = $3, version = version + 1, updated_at = $4
        where id = $1 and password_hash is not distinct from $2
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        ChangePasswordRequest request, Caller caller, HttpContext context, Database database, LogInGuard guard, NewPasswords rules,
        Passwords passwords, SessionEndings endings, MailOutbox outbox, Notices notices, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(Scope.Of(caller.UserId), AccountStore.ById, [caller.UserId], cancellationToken) is not { } account)
            return Problems.NotFound("account");

        // 1. An open browser is not enough. Guessing here is held up as guessing at the door is.
        if (account.PasswordHash is not null && !await guard.ConfirmAsync(account, request.CurrentPassword ?? "", caller, context, cancellationToken))
            return Problems.Validation("currentPassword", "This is not your current password, or it was tried too often: wait a little.");

        // 2. The new one.
        if (await rules.RefuseAsync(account, request.Password!) is { } refusal)
            return refusal;
        var hash = await passwords.HashAsync(request.Password!, cancellationToken);

        // 3. All of it or nothing.
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.ExecuteAsync(Set, [account.Id, account.PasswordHash, hash, now], cancellationToken) == 0)
            return Problems.Conflict("The password was changed at the same moment.");

        await Links.VoidAllAsync(work, account.Id, cancellationToken);
        await endings.EndAllAsync(work, account.Id, SessionEndings.PasswordChanged, caller.UserId, cancellationToken, except: caller.SessionId);
        await outbox.PutAsync(work, AccountMails.PasswordChanged, new { userId = account.Id }, cancellationToken);
        await notices.WarnAsync(work, account.Id, "Your password was changed", cancellationToken);
        work.RecordPersonal(AuditActions.PasswordChanged, account.Id, account.Id);
        await work.CommitAsync(now);

        logger.PasswordChanged(account.Id, LogIns.AddressOf(context));
        return TypedResults.NoContent();
    }
}
