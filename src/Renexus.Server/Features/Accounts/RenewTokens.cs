using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Exchanges a refresh token for its successor, once (AU-2). Using it again within the grace period, while the successor lies
/// unused, is a client that lost the answer: it gets the same one. Any other use of a used token means that somebody
/// else has it, and ends the log-in with all its tokens.
/// </summary>
internal static class RenewTokens
{
    internal sealed record Holder(Guid UserId, Guid SessionId);

    private sealed record Rotation(DateTimeOffset ExpiresAt);

    private sealed record PastUse(DateTimeOffset? UsedAt, byte[]? Seed, bool SessionIsOpen, bool SuccessorIsUnused);

    internal static readonly Query<Holder> HolderOf = new("accounts.holder_of", """
        select user_id, session_id from accounts.holder_of($1)
        """);

    // The row lock lets one of many simultaneous uses win; the others then find the token used.
    private static readonly Query<Rotation> Rotate = new("accounts.rotate_token", """
        with used as (
          update accounts.refresh_token t
          set used_at = $3, seed = $4, successor = $5
          from accounts.session s
          where t.hash = $1 and t.user_id = $2 and t.used_at is null and t.expires_at > $3
            and s.id = t.session_id and s.ended_at is null and s.absolute_expires_at > $3
          returning t.session_id, t.user_id, least($6, s.absolute_expires_at) as expires_at
        ), issued as (
          insert into accounts.refresh_token (hash, session_id, user_id, parent, issued_at, expires_at)
          select $5, session_id, user_id, $1, $3, expires_at from used
        )
        update accounts.session s
        set last_used_at = $3, expires_at = used.expires_at, address = coalesce($7::inet, s.address)
        from used
        where s.id = used.session_id
        returning s.expires_at
        """);

    private static readonly Query<PastUse> PastUseOf = new("accounts.past_use_of_token", """
        select t.used_at, t.seed, s.ended_at is null and s.absolute_expires_at > $3 as session_is_open,
               coalesce(next.used_at is null and next.expires_at > $3, false) as successor_is_unused
        from accounts.refresh_token t
        join accounts.session s on s.id = t.session_id
        left join accounts.refresh_token next on next.hash = t.successor
        where t.hash = $1 and t.user_id = $2
        """);

    public static async Task<Results<Ok<RenewedTokens>, ProblemHttpResult>> HandleAsync(
        RefreshRequest? request, HttpContext context, Database database, BrowserClient browser, LogIns logIns, SessionEndings endings,
        MailOutbox outbox, Notices notices, RenexusOptions options, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        // 1. The token: in the body, or in the cookie when a page of ours asks.
        var text = request?.RefreshToken;
        if (text is null)
        {
            text = browser.Read(context.Request);
            if (text is not null && !BrowserClient.Asks(context.Request))
                return Problems.Forbidden($"The cookie works only with the header {BrowserClient.Header}: browser.");
        }

        // 2. Whose it is.
        var holder = SecretToken.TryParse(text, out var token)
            ? await database.QueryFirstAsync(Scope.None, HolderOf, [token.Hash()], cancellationToken)
            : null;

        // 3. The exchange.
        var exchange = holder is null
            ? Exchange.Refused
            : await ExchangeAsync(token!, holder, LogIns.AddressOf(context), database, options.Sessions, clock, cancellationToken);
        if (exchange.Successor is { } successor)
            return TypedResults.Ok(await logIns.TokensAsync(context, holder!.UserId, holder.SessionId, successor, cancellationToken));

        // 4. Two hold the same token, and one of them stole it.
        if (exchange.IsTheft)
        {
            await using var work = await database.BeginAsync(Scope.Of(holder!.UserId), cancellationToken);
            // Of many who come with the same used token the first ends the log-in, and one mail tells of it.
            if (await endings.EndAsync(work, holder.UserId, holder.SessionId, SessionEndings.TokenReused, actor: null, cancellationToken))
            {
                await outbox.PutAsync(work, AccountMails.TokenReused, new { userId = holder.UserId, sessionId = holder.SessionId }, cancellationToken);
                await notices.WarnAsync(work, holder.UserId, "A log-in was used from two places at once, and ended", cancellationToken);
            }
            await work.CommitAsync(clock.GetUtcNow());
            logger.TokenReused(holder.UserId, holder.SessionId, LogIns.AddressOf(context));
        }

        if (BrowserClient.Asks(context.Request))
            browser.Clear(context);
        return Problems.Unauthenticated("The refresh token has run out or was ended; log in again.");
    }

    private static async Task<Exchange> ExchangeAsync(
        SecretToken token, Holder holder, string? address, Database database, Gateway.Configuration.SessionOptions lifetimes, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var seed = RandomNumberGenerator.GetBytes(SecretToken.Bytes);
        var successor = token.Successor(seed);
        await using var work = await database.BeginAsync(Scope.Of(holder.UserId), cancellationToken);

        var rotation = await work.QueryFirstAsync(
            Rotate,
            [token.Hash(), holder.UserId, now, seed, successor.Hash(), now + lifetimes.RefreshTokenLifetime, address],
            cancellationToken);
        if (rotation is not null)
        {
            await work.CommitAsync(now);
            return Exchange.For(successor);
        }

        var past = await work.QueryFirstAsync(PastUseOf, [token.Hash(), holder.UserId, now], cancellationToken);
        if (past is not { UsedAt: { } usedAt, SessionIsOpen: true })
            return Exchange.Refused;

        return past.SuccessorIsUnused && now - usedAt <= lifetimes.RefreshGrace
            ? Exchange.For(token.Successor(past.Seed!))
            : Exchange.Theft;
    }

    private readonly record struct Exchange(SecretToken? Successor, bool IsTheft)
    {
        public static Exchange Refused => default;

        public static Exchange Theft => new(Successor: null, IsTheft: true);

        public static Exchange For(SecretToken successor) => new(successor, IsTheft: false);
    }
}
