using System.Text.Json;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Issues and verifies the access tokens of this installation (AU-2): a JWT that names the person and the log-in, and nothing else.</summary>
internal sealed class AccessTokens(
    SigningKeys keys, EndedSessions ended, RenexusOptions options, TimeProvider clock, ExternalTokens? external = null, ApiKeys? apiKeys = null)
{
    // Not the public address: nodes of one installation may be configured with different ones.
    private const string Issuer = "renexus";
    private const string Audience = "renexus";

    private const int Remembered = 8192;

    private readonly JwtRules rules = new(keys.Find, Issuer, Audience, TimeSpan.Zero, clock);
    private readonly RecentTokens<Caller> recent = new(Remembered);

    /// <summary>A token for this log-in.</summary>
    public async ValueTask<AccessToken> IssueAsync(Guid userId, Guid sessionId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var issued = now.ToUnixTimeSeconds();
        var expires = issued + (long)options.Sessions.AccessTokenLifetime.TotalSeconds;
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Issuer,
            aud = Audience,
            sub = userId,
            sid = sessionId,
            iat = issued,
            exp = expires,
            // Two tokens of the same second still differ.
            jti = Guid.CreateVersion7(now),
        });
        var key = await keys.CurrentAsync(cancellationToken);
        return new AccessToken(Jwt.Sign(key, payload), DateTimeOffset.FromUnixTimeSeconds(expires), options.Sessions.AccessTokenLifetime);
    }

    /// <summary>Who a token speaks for. Completes at once unless it names a key that this node has not seen.</summary>
    public ValueTask<AccessTokenResult> VerifyAsync(string token, CancellationToken cancellationToken) => VerifyAsync(token, default, cancellationToken);

    /// <summary>The same, for a token that may be a provider's: the first one begins a log-in, which is listed with where it came from.</summary>
    public ValueTask<AccessTokenResult> VerifyAsync(string token, ClientOrigin origin, CancellationToken cancellationToken)
    {
        if (apiKeys is not null && KeyText.Concerns(token))
            return apiKeys.VerifyAsync(token, cancellationToken);
        if (recent.TryGet(token, out var known))
            return ValueTask.FromResult(Judge(known));
        if (external?.Concern(token) == true)
            return external.VerifyAsync(token, origin, cancellationToken);

        var result = Jwt.Verify(token, rules);
        return result.Failure == JwtFailure.UnknownKey
            ? VerifyWithNewKeysAsync(token, cancellationToken)
            : ValueTask.FromResult(Conclude(token, result));
    }

    private async ValueTask<AccessTokenResult> VerifyWithNewKeysAsync(string token, CancellationToken cancellationToken)
    {
        // Also when this call read nothing: somebody else's may have, since the key was looked for.
        await keys.ReloadAsync(cancellationToken);
        return Conclude(token, Jwt.Verify(token, rules));
    }

    private AccessTokenResult Conclude(string token, JwtResult result)
    {
        if (result.Failure == JwtFailure.Expired)
            return AccessTokenResult.Expired;
        if (!result.Holds || CallerOf(result.Claims) is not { } caller)
            return AccessTokenResult.Invalid;

        recent.Remember(token, caller);
        return Judge(caller);
    }

    private AccessTokenResult Judge(Caller caller) =>
        caller.ExpiresAt <= clock.GetUtcNow() ? AccessTokenResult.Expired
        : ended.Contains(caller.SessionId) ? AccessTokenResult.Ended
        : new(AccessTokenFailure.None, caller);

    private static Caller? CallerOf(JsonElement claims) =>
        TryGetId(claims, "sub", out var user) && TryGetId(claims, "sid", out var session)
            ? new Caller(user, session, DateTimeOffset.FromUnixTimeSeconds((long)claims.GetProperty("exp").GetDouble()))
            : null;

    private static bool TryGetId(JsonElement claims, string name, out Guid id)
    {
        id = Guid.Empty;
        return claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String && claim.TryGetGuid(out id);
    }
}

/// <summary>An access token as it is handed out.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt, TimeSpan Lifetime);

/// <summary>What came of verifying an access token.</summary>
/// <param name="Caller">Who asks; null when the token does not hold.</param>
internal readonly record struct AccessTokenResult(AccessTokenFailure Failure, Caller? Caller = null)
{
    public static readonly AccessTokenResult Expired = new(AccessTokenFailure.Expired);
    public static readonly AccessTokenResult Ended = new(AccessTokenFailure.SessionEnded);
    public static readonly AccessTokenResult Invalid = new(AccessTokenFailure.Invalid);
    public static readonly AccessTokenResult NotAdmitted = new(AccessTokenFailure.NotAdmitted);
    public static readonly AccessTokenResult Unknown = new(AccessTokenFailure.Unknown);

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>How a refusal is answered, over HTTP and sockets alike.</summary>
    public CodedProblem Problem => Failure switch
    {
        AccessTokenFailure.Expired => new(ProblemCode.TokenExpired, "The access token has run out; renew it."),
        AccessTokenFailure.SessionEnded => new(ProblemCode.Unauthenticated, "This log-in was ended; log in again."),
        AccessTokenFailure.NotAdmitted => new(ProblemCode.Forbidden, "Your identity provider knows you, but you may not come in here."),
        AccessTokenFailure.Unknown => Problems.Busy(AskAgainAfter),
        _ => new(ProblemCode.Unauthenticated, "The access token is not valid."),
    };
}

internal enum AccessTokenFailure
{
    None,
    Invalid,
    Expired,
    SessionEnded,

    /// <summary>A provider vouches for the person, and this installation does not take the person.</summary>
    NotAdmitted,

    /// <summary>It cannot be told right now: a provider's keys or the database are away.</summary>
    Unknown,
}
