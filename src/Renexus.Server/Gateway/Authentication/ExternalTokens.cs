using System.Collections.Frozen;
using System.Text.Json;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Verifies the tokens of the configured identity providers (AU-8), locally, with their published keys. The issuer that a token names only
/// chooses by whose rules it is judged: our own secrets never verify a provider's token, and no provider's key verifies ours.
/// </summary>
internal sealed partial class ExternalTokens
{
    private const int Remembered = 8192;

    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    private readonly FrozenDictionary<string, Provider> providers;
    private readonly RecentTokens<Known> recent = new(Remembered);
    private readonly EndedSessions ended;
    private readonly RenexusOptions options;
    private readonly TimeProvider clock;
    private readonly ExternalLogIns? logIns;
    private readonly ILogger<ExternalTokens> logger;

    public ExternalTokens(
        RenexusOptions options, ExternalHttp http, EndedSessions ended, TimeProvider clock, ILogger<ExternalTokens> logger, ExternalLogIns? logIns = null)
    {
        (this.options, this.ended, this.clock, this.logger, this.logIns) = (options, ended, clock, logger, logIns);
        providers = ExternalIssuer.All(options).ToFrozenDictionary(
            issuer => issuer.Issuer,
            issuer =>
            {
                var keys = new ExternalKeys(issuer, http, options.Identity, clock, logger);
                // The audience is the issuer's own affair: several may do, or none with a list of parties.
                return new Provider(issuer, keys, new JwtRules(keys.Find, issuer.Issuer, Audience: null, options.Identity.ClockSkew, clock, Types));
            },
            StringComparer.Ordinal);
    }

    private sealed record Provider(ExternalIssuer Issuer, ExternalKeys Keys, JwtRules Rules);

    /// <param name="AskAgainAt">Until then the list of ended log-ins has whatever ends; afterwards the database is asked.</param>
    private sealed record Known(Caller Caller, DateTimeOffset AskAgainAt);

    /// <summary>Whether the token says that it is one of theirs; only then may it be given to <see cref="VerifyAsync"/>.</summary>
    public bool Concern(string token) =>
        providers.Count > 0 && (recent.TryGet(token, out _) || (Jwt.PeekIssuer(token) is { } issuer && providers.ContainsKey(issuer)));

    /// <summary>Who it speaks for.</summary>
    public ValueTask<AccessTokenResult> VerifyAsync(string token, ClientOrigin origin, CancellationToken cancellationToken) =>
        recent.TryGet(token, out var known) && clock.GetUtcNow() is var now && (now < known.AskAgainAt || known.Caller.ExpiresAt <= now)
            ? ValueTask.FromResult(Judge(known.Caller, now))
            : VerifyAnewAsync(token, origin, cancellationToken);

    private AccessTokenResult Judge(Caller caller, DateTimeOffset now) =>
        caller.ExpiresAt <= now ? AccessTokenResult.Expired
        : ended.Contains(caller.SessionId) ? AccessTokenResult.Ended
        : new(AccessTokenFailure.None, caller);

    private async ValueTask<AccessTokenResult> VerifyAnewAsync(string token, ClientOrigin origin, CancellationToken cancellationToken)
    {
        // 1. and 2. By its issuer's rules and keys: form, signature, times.
        var provider = providers[Jwt.PeekIssuer(token)!];
        var issuer = provider.Issuer;
        if (await CheckAsync(provider, token, cancellationToken) is not { } result)
            return AccessTokenResult.Unknown;
        if (!result.Holds)
            return Refuse(issuer, result.Failure);

        // 3. What it says: made for us, not in the future, about a person.
        var skew = options.Identity.ClockSkew;
        if (!issuer.IsForUs(result.Claims))
            return Refuse(issuer, JwtFailure.WrongAudience);
        if (issuer.Read(result.Claims) is not { } person)
            return Refuse(issuer, JwtFailure.Malformed);
        if (person.IssuedAt > clock.GetUtcNow() + skew)
            return Refuse(issuer, JwtFailure.NotYetValid);
        if (issuer.IsPending(result.Claims))
            return AccessTokenResult.NotAdmitted;

        // 4. Whose account and log-in that is.
        var asked = clock.GetUtcNow();
        var logIn = logIns is null ? new(AccessTokenFailure.NotAdmitted) : await logIns(person, origin, cancellationToken);
        if (logIn.Failure != AccessTokenFailure.None)
            return new(logIn.Failure);

        var expires = DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(result.Claims.GetProperty("exp").GetDouble(), 253_402_300_000)) + skew;
        var caller = new Caller(logIn.UserId, logIn.SessionId, expires);
        recent.Remember(token, new Known(caller, asked + options.Sessions.AccessTokenLifetime));
        return Judge(caller, clock.GetUtcNow());
    }

    /// <summary>Who an identity token speaks of, which the provider gave us for a code (OpenID Connect Core, 3.1.3.7).</summary>
    /// <param name="issuer">Who gave it.</param>
    /// <param name="token">What was given.</param>
    /// <param name="clientId">What we are to the provider: whom the token must be for.</param>
    /// <param name="nonce">What ties it to the sign-in that was begun.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it does not hold, which is logged.</returns>
    public async Task<ExternalPerson?> IdentifyAsync(string issuer, string token, string clientId, string nonce, CancellationToken cancellationToken)
    {
        var provider = providers[issuer];
        if (await CheckAsync(provider, token, cancellationToken) is not { } result)
            return null;

        var failure = !result.Holds ? result.Failure
            : !ExternalIssuer.IsFor(result.Claims, clientId) || !ExternalIssuer.Says(result.Claims, "nonce", nonce) ? JwtFailure.WrongAudience
            : JwtFailure.None;
        var person = failure == JwtFailure.None ? provider.Issuer.Read(result.Claims) : null;
        if (failure == JwtFailure.None && person is null)
            failure = JwtFailure.Malformed;
        if (person?.IssuedAt > clock.GetUtcNow() + options.Identity.ClockSkew)
            failure = JwtFailure.NotYetValid;
        if (failure == JwtFailure.None)
            return person;

        Refused(logger, issuer, failure);
        return null;
    }

    // Null when there are no keys to verify with. A key that is not known may be a new one.
    private static async ValueTask<JwtResult?> CheckAsync(Provider provider, string token, CancellationToken cancellationToken)
    {
        var (_, keys, rules) = provider;
        if (!keys.IsUsable)
            await keys.RefreshAsync(cancellationToken);
        else if (keys.IsStale)
            keys.BeginRefresh();
        if (!keys.IsUsable)
            return null;

        var result = Jwt.Verify(token, rules);
        if (result.Failure != JwtFailure.UnknownKey)
            return result;

        // Again also when this call fetched nothing: somebody else's may have, since the key was looked for.
        await keys.RefreshAsync(cancellationToken);
        return Jwt.Verify(token, rules);
    }

    private AccessTokenResult Refuse(ExternalIssuer issuer, JwtFailure failure)
    {
        if (failure == JwtFailure.Expired)
            return AccessTokenResult.Expired;

        Refused(logger, issuer.Issuer, failure);
        return AccessTokenResult.Invalid;
    }

    [LoggerMessage(1733, LogLevel.Information, "A token of {Issuer} was refused: {Failure} (authn_token_invalid)")]
    private static partial void Refused(ILogger logger, string issuer, JwtFailure failure);
}
