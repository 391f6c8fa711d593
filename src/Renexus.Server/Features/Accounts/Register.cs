using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

internal static class Register
{
    // Two who are first at once queue on the one row of the installation; only the one who inserts it becomes operator.
    private static readonly Query<User> Insert = new("accounts.register", """
        with founder as (
          insert into accounts.installation (founder_id, founded_at) values ($1, $6)
          on conflict do nothing
          returning founder_id
        )
        insert into accounts.user_account (id, email, email_key, name, password_hash, is_operator, created_at, updated_at)
        select $1, $2, $3, $4, $5, exists (select from founder), $6, $6
        on conflict (email_key) do nothing
        returning id, email, email_verified_at is not null as email_verified, name, is_operator, version, created_at, updated_at
        """);

    public static async Task<Results<Created<LoggedIn>, ProblemHttpResult>> HandleAsync(
        RegisterRequest request, HttpContext context, Database database, NewPasswords rules, Passwords passwords, LogIns logIns,
        MailOutbox outbox, Limiter limiter, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var email = request.Email!;
        var key = EmailAddress.Key(email);
        var password = request.Password!;
        var name = request.Name!.Trim();
        if (await rules.RefuseAsync(new Account(Guid.Empty, email, emailVerifiedAt: null, name, passwordHash: null), password) is { } refusal)
            return refusal;

        var limit = await limiter.TakeAsync(Limit.Authentication, LimitKey.OfName(key));
        if (!limit.IsAllowed)
            return Problems.RateLimited(limit.RetryAfter);

        var hash = await passwords.HashAsync(password, cancellationToken);
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);

        await using var work = await database.BeginAsync(Scope.Of(id), cancellationToken);
        var user = await work.QueryFirstAsync(Insert, [id, email, key, name, hash, now], cancellationToken);
        if (user is null)
            return Problems.Conflict("There is an account with this email address already.");

        work.AnnounceToUser(id, ChangeOp.Create, "user", id, user, id);
        work.RecordPersonal(AuditActions.AccountRegistered, id, id, before: null, new { user.Name, user.IsOperator });
        await outbox.PutAsync(work, AccountMails.Verify, new { userId = id }, cancellationToken);
        var logIn = await logIns.BeginAsync(work, id, context, cancellationToken);
        await work.CommitAsync(now);

        logger.Registered(id, user.IsOperator);
        context.Response.SetVersion(user.Version);
        return TypedResults.Created("/api/me", await logIns.AnswerAsync(context, user, logIn, cancellationToken));
    }
}
