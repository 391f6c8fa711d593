using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Proves an address by the link that was mailed to it: the one the account has, or the one its owner wants instead. A POST, so that whoever
/// merely looks at the link (mail scanners do) uses nothing up.
/// </summary>
internal static class VerifyEmail
{
    private sealed record Proven(
        Guid Id, string Email, bool EmailVerified, string Name, bool IsOperator, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
        string Before, bool IsNewAddress);

    private static readonly Query<Proven> Prove = new("accounts.prove_address", """
        with used as (
          update accounts.link set used_at = $3
          where hash = $1 and user_id = $2 and purpose = 'verify' and used_at is null and expires_at > $3
          returning email_key
        ), wanted as (
          delete from accounts.email_change c using used where c.user_id = $2 and c.email_key = used.email_key
          returning c.email, c.email_key
        ), before as (
          select email, email_key from accounts.user_account where id = $2
        )
        update accounts.user_account a
        set email = coalesce(wanted.email, a.email), email_key = used.email_key, email_verified_at = $3, version = a.version + 1, updated_at = $3
        from before, used left join wanted on true
        where a.id = $2 and (wanted.email_key is not null or a.email_key = used.email_key)
        returning a.id, a.email, true as email_verified, a.name, a.is_operator, a.version, a.created_at, a.updated_at,
                  before.email as before, before.email_key <> a.email_key as is_new_address
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        VerifyEmailRequest request, Database database, Links links, MailOutbox outbox, IEnumerable<ProfileReaction> reactions,
        TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(request.Token, Links.Verify, cancellationToken) is not var (userId, hash))
            return Gone;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        try
        {
            if (await work.QueryFirstAsync(Prove, [hash, userId, now], cancellationToken) is not { } proven)
                return Gone;

            var user = new User(
                proven.Id, proven.Email, proven.EmailVerified, proven.Name, proven.IsOperator, proven.Version, proven.CreatedAt, proven.UpdatedAt);
            if (proven.IsNewAddress)
            {
                // A link that lies in the old mailbox opens nothing any more.
                await Links.VoidAllAsync(work, userId, cancellationToken);
                await outbox.PutAsync(work, AccountMails.EmailChanged, new { userId, before = proven.Before }, cancellationToken);
                foreach (var react in reactions)
                    await react(work, user, cancellationToken);
            }

            work.AnnounceToUser(userId, ChangeOp.Update, "user", userId, user, userId);
            work.RecordPersonal(
                AuditActions.EmailVerified, userId, userId,
                proven.IsNewAddress ? new { email = Auditing.Mask(proven.Before) } : null, new { email = Auditing.Mask(proven.Email) });
            await work.CommitAsync(now);
            logger.EmailVerified(userId, proven.IsNewAddress);
            return TypedResults.NoContent();
        }
        catch (PostgresException e) when (e.ConstraintName == "user_account_email_key")
        {
            return Problems.Conflict("There is an account with this email address already.");
        }
    }

    internal static ProblemHttpResult Gone => Problems.Of(ProblemCode.NotFound, "This link has been used, was replaced or has run out.");
}
