using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

internal static class UpdateMe
{
    private static readonly Query<User> Update = new("accounts.update_user", """
        update accounts.user_account
        set name = coalesce($2, name), version = version + 1, updated_at = $3
        where id = $1 and ($4::bigint is null or version = $4)
        returning id, email, email_verified_at is not null as email_verified, name, is_operator, version, created_at, updated_at
        """);

    // Who asks for the own address again takes back what was asked for before.
    private static readonly Command Want = new("accounts.want_address", """
        with other as (
          select $2 as email, $3 as email_key from accounts.user_account where id = $1 and email_key <> $3
        ), taken_back as (
          delete from accounts.email_change where user_id = $1 and not exists (select from other)
        )
        insert into accounts.email_change (user_id, email, email_key, created_at)
        select $1, email, email_key, $4 from other
        on conflict (user_id) do update set email = excluded.email, email_key = excluded.email_key, created_at = excluded.created_at
        """);

    /// <summary>Changes the account in a transaction that the caller commits; null when it has another version than <paramref name="ifMatch"/>, or is gone.</summary>
    /// <param name="wanted">The new address that was asked for beside it, for the record.</param>
    public static async Task<User?> RenameAsync(
        Work work, Guid userId, string? name, long? ifMatch, DateTimeOffset now, IEnumerable<ProfileReaction> reactions, string? cause,
        CancellationToken cancellationToken, string? wanted = null)
    {
        var before = await work.QueryFirstAsync(GetMe.ById, [userId], cancellationToken);
        var user = await work.QueryFirstAsync(Update, [userId, name?.Trim(), now, ifMatch], cancellationToken);
        if (user is null)
            return null;
        work.Announce(new NewChange(Channels.User(userId), WorkspaceId: null, ChangeOp.Update, "user", userId, Json.Utf8(user), userId, cause));
        foreach (var react in reactions)
            await react(work, user, cancellationToken);
        work.RecordPersonal(AuditActions.AccountUpdated, userId, userId, new { before!.Name, before.Email }, new { user.Name, user.Email, wanted });
        return user;
    }

    public static async Task<Results<Ok<User>, ProblemHttpResult>> HandleAsync(
        UpdateMeRequest request, IfMatch ifMatch, Caller caller, HttpContext context, Database database, MailRequests requests, MailOutbox outbox,
        IEnumerable<ProfileReaction> reactions, RecentProof isProven, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Who has the address can reset the password: it takes more than an access token to move it.
        if (request.Email is not null && !await isProven(caller, cancellationToken))
            return TypedResults.Problem(RecentProofs.Missing);

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var user = await RenameAsync(work, caller.UserId, request.Name, ifMatch.Version, now, reactions, cause: null, cancellationToken, request.Email);
        if (user is null)
        {
            var current = await work.QueryFirstAsync(GetMe.ById, [caller.UserId], cancellationToken);
            return current is null ? Problems.NotFound("account") : Problems.VersionConflict(current);
        }

        // A new address is the account's only when its mailbox has answered.
        if (request.Email is { } email
            && await work.ExecuteAsync(Want, [user.Id, email, EmailAddress.Key(email), now], cancellationToken) > 0)
        {
            if (!await requests.TryTakeAsync(work, AccountMails.Verify, user.Id.ToString(), context.Connection.RemoteIpAddress, cancellationToken))
                return Problems.RateLimited(TimeSpan.FromHours(1));
            await outbox.PutAsync(work, AccountMails.Verify, new { userId = user.Id }, cancellationToken);
        }

        await work.CommitAsync(now);

        context.Response.SetVersion(user.Version);
        return TypedResults.Ok(user);
    }
}
