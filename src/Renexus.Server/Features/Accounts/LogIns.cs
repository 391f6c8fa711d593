using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>A log-in that has begun, before it is answered.</summary>
/// <param name="Device">What shows, at the next log-in, that this device is known.</param>
internal sealed record NewLogIn(LogInSession Session, SecretToken RefreshToken, SecretToken Device);

/// <summary>What registering and logging in end with: a session, its first refresh token, and both tokens in the answer.</summary>
internal sealed class LogIns(
    AccessTokens accessTokens, BrowserClient browser, KnownDevices devices, MailOutbox outbox, Notices notices, RenexusOptions options, TimeProvider clock)
{
    private const int MaxUserAgentLength = 400;

    private static readonly Query<LogInSession> Open = new("accounts.open_session", """
        with opened as (
          insert into accounts.session
            (id, user_id, device, user_agent, address, created_at, last_used_at, expires_at, absolute_expires_at, proven_at)
          values ($1, $2, $3, $4, $5::inet, $6, $6, $7, $8, $10)
          returning id, user_id, device, host(address) as address, created_at, last_used_at, expires_at
        ), issued as (
          insert into accounts.refresh_token (hash, session_id, user_id, issued_at, expires_at)
          select $9, id, user_id, created_at, expires_at from opened
        )
        select id, device, address, created_at, last_used_at, null::boolean as current from opened
        """);

    private sealed record Familiarity(bool IsFirst, bool WasHereBefore);

    // Who keeps no token, as programs do, is not told of each log-in from the place where it always logs in.
    private static readonly Query<Familiarity> FamiliarityOf = new("accounts.familiarity_of_session", """
        select not exists (select from accounts.session where user_id = $1 and id <> $2) as is_first,
               exists (select from accounts.session s
                       where s.user_id = $1 and s.id <> $2 and s.device = $3
                         and set_masklen(s.address, case family(s.address) when 4 then 24 else 64 end) >>= $4::inet) as was_here_before
        """);

    /// <summary>Writes it in the caller's transaction, announces it to the person's other devices, and mails the person when the device is new.</summary>
    /// <param name="device">What the device has shown, when the account knows it.</param>
    /// <param name="from">Who vouches for the person; null when the person has proven it here, which is a fresh proof.</param>
    public async Task<NewLogIn> BeginAsync(
        Work work, Guid userId, HttpContext context, CancellationToken cancellationToken, SecretToken? device = null, ExternalPerson? from = null)
    {
        var now = clock.GetUtcNow();
        var lifetimes = options.Sessions;
        var absolute = now + lifetimes.MaximumLifetime;
        var idle = now + lifetimes.RefreshTokenLifetime;
        var token = SecretToken.New();
        var userAgent = context.Request.Headers.UserAgent.ToString();

        var session = await work.QueryFirstAsync(
            Open,
            [
                Guid.CreateVersion7(now), userId, DeviceName.Of(userAgent),
                userAgent.Length <= MaxUserAgentLength ? userAgent : userAgent[..MaxUserAgentLength],
                AddressOf(context), now, idle < absolute ? idle : absolute, absolute, token.Hash(),
                from is null ? (DateTimeOffset?)null : from.ProvenAt is { } proven && proven < now ? proven : from.ProvenAt is null ? DateTimeOffset.UnixEpoch : now,
            ],
            cancellationToken);

        work.AnnounceToUser(userId, ChangeOp.Create, "session", session!.Id, session, userId);
        work.RecordPersonal(AuditActions.LoggedIn, userId, session.Id, after: from is null ? null : new { issuer = from.Issuer.Issuer });
        if (device is null && await IsNewsAsync(work, userId, session, cancellationToken))
        {
            await outbox.PutAsync(work, AccountMails.NewDevice, new { userId, sessionId = session.Id }, cancellationToken);
            await notices.WarnAsync(work, userId, $"New log-in with {session.Device}", cancellationToken);
        }
        return new NewLogIn(session, token, await devices.RememberAsync(work, userId, context, device, cancellationToken, session.Id));
    }

    private static async Task<bool> IsNewsAsync(Work work, Guid userId, LogInSession session, CancellationToken cancellationToken) =>
        await work.QueryFirstAsync(FamiliarityOf, [userId, session.Id, session.Device, session.Address], cancellationToken)
            is { IsFirst: false, WasHereBefore: false };

    /// <summary>The answer: for browsers the refresh token goes into the cookie instead.</summary>
    public async Task<LoggedIn> AnswerAsync(HttpContext context, User user, NewLogIn logIn, CancellationToken cancellationToken)
    {
        var tokens = await TokensAsync(context, user.Id, logIn.Session.Id, logIn.RefreshToken, cancellationToken);
        return new LoggedIn(user, tokens.AccessToken, tokens.ExpiresIn, tokens.RefreshToken)
        {
            DeviceToken = BrowserClient.Asks(context.Request) ? null : logIn.Device.Reveal(),
        };
    }

    /// <summary>An access token beside this refresh token, each handed over as the client wants it.</summary>
    public async Task<RenewedTokens> TokensAsync(
        HttpContext context, Guid userId, Guid sessionId, SecretToken refreshToken, CancellationToken cancellationToken)
    {
        var access = await accessTokens.IssueAsync(userId, sessionId, cancellationToken);
        return new RenewedTokens(access.Value, (int)access.Lifetime.TotalSeconds, HandOver(context, refreshToken));
    }

    /// <summary>Where a request comes from, as <c>inet</c> text; unknown in tests without a network.</summary>
    public static string? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString().Split('%')[0]
            : null;

    private string? HandOver(HttpContext context, SecretToken token)
    {
        if (!BrowserClient.Asks(context.Request))
            return token.Reveal();

        browser.Write(context, token, options.Sessions.RefreshTokenLifetime);
        return null;
    }
}
