using System.Text.Json;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>An identity provider whose tokens are taken (AU-8), as the operator configured it, and what its tokens must say.</summary>
internal sealed class ExternalIssuer
{
    private readonly string[] audiences;
    private readonly string[] authorizedParties;
    private readonly IssuerOptions claims;

    private ExternalIssuer(IssuerOptions claims, string[] audiences, string[] authorizedParties, bool isClerk) =>
        (this.claims, this.audiences, this.authorizedParties, IsClerk) = (claims, audiences, authorizedParties, isClerk);

    /// <summary>Exactly as in <c>iss</c>.</summary>
    public string Issuer => claims.Issuer;

    /// <summary>What people call it.</summary>
    public string Name => claims.Name ?? new Uri(Issuer).Host;

    public bool IsClerk { get; }

    /// <summary>Where its keys are named: Clerk's at a fixed place, everybody else's in the discovery document.</summary>
    public Uri MetadataAddress => new(Issuer.TrimEnd('/') + (IsClerk ? "/.well-known/jwks.json" : "/.well-known/openid-configuration"));

    /// <summary>All that are configured.</summary>
    public static IReadOnlyList<ExternalIssuer> All(RenexusOptions options)
    {
        var ourOrigin = new Uri(options.PublicUrl!).GetLeftPart(UriPartial.Authority);
        // A token made for another application of the same provider must not open this one: without a list it must name our address.
        var issuers = options.Identity.Issuers.Select(i => new ExternalIssuer(
            i, i.Audiences.Count > 0 || i.AuthorizedParties.Count > 0 ? [.. i.Audiences] : [options.PublicUrl!, ourOrigin], [.. i.AuthorizedParties], isClerk: false));
        return options.Clerk.Issuer is { } clerk
            ? [.. issuers, new ExternalIssuer(
                new IssuerOptions { Issuer = clerk, Name = "Clerk" }, [], options.Clerk.AuthorizedParties.Count > 0 ? [.. options.Clerk.AuthorizedParties] : [ourOrigin], isClerk: true)]
            : [.. issuers];
    }

    /// <summary>Whether the token was made for us: its audience, and who it was issued to, where that is configured.</summary>
    public bool IsForUs(JsonElement token) =>
        (audiences.Length == 0 || Texts(token, "aud").Any(a => audiences.Contains(a, StringComparer.Ordinal))) && IsAuthorizedParty(token);

    /// <summary>Whether an identity token was made for this client, and for no other that has it now.</summary>
    public static bool IsFor(JsonElement token, string clientId)
    {
        string?[] audience = [.. Texts(token, "aud")];
        return audience.Contains(clientId, StringComparer.Ordinal)
            && (token.TryGetProperty("azp", out _) ? Says(token, "azp", clientId) : audience.Length == 1);
    }

    public static bool Says(JsonElement token, string name, string value) => string.Equals(Text(token, name), value, StringComparison.Ordinal);

    // Clerk puts in the origin of the page, and nothing for native applications, whose tokens no page can have made a browser send.
    private bool IsAuthorizedParty(JsonElement token)
    {
        if (authorizedParties.Length == 0)
            return true;

        var party = token.TryGetProperty("azp", out var azp) ? azp : token.TryGetProperty("client_id", out var client) && !IsClerk ? client : default;
        return party.ValueKind == JsonValueKind.Undefined ? IsClerk : party.ValueKind == JsonValueKind.String && authorizedParties.Contains(party.GetString(), StringComparer.Ordinal);
    }

    /// <summary>What the token says about the person; null when it lacks what it must have.</summary>
    public ExternalPerson? Read(JsonElement token)
    {
        if (Text(token, "sub") is not { Length: > 0 and <= 255 } subject || subject.Any(char.IsControl) || (IsClerk && !subject.StartsWith("user_", StringComparison.Ordinal)))
            return null;

        var isVerified = token.TryGetProperty(claims.EmailVerifiedClaim, out var verified)
            && (verified.ValueKind == JsonValueKind.True || (verified.ValueKind == JsonValueKind.String && verified.GetString() == "true"));
        return new ExternalPerson(
            this, subject, Text(token, claims.SessionClaim), Time(token, "iat"), ProvenAt(token), isVerified ? Text(token, claims.EmailClaim) : null, Text(token, claims.NameClaim));
    }

    /// <summary>The same person with what the provider tells besides the token (OpenID Connect Core, 5.3); null when that is about somebody else.</summary>
    public ExternalPerson? Complete(ExternalPerson person, JsonElement userInfo) =>
        userInfo.ValueKind == JsonValueKind.Object && Read(userInfo) is { } told && told.Subject == person.Subject
            ? person with { VerifiedEmail = person.VerifiedEmail ?? told.VerifiedEmail, Name = person.Name ?? told.Name }
            : null;

    /// <summary>Clerk: the session still has something to do, as choosing an organization.</summary>
    public bool IsPending(JsonElement token) => IsClerk && Text(token, "sts") is { } status && status != "active";

    // When the person last proved who it is: as time, or with Clerk as minutes ago. Issuing a token proves nothing.
    private DateTimeOffset? ProvenAt(JsonElement token)
    {
        if (!IsClerk)
            return Time(token, "auth_time");
        return token.TryGetProperty("fva", out var ages) && ages.ValueKind == JsonValueKind.Array && ages.GetArrayLength() > 0
            && ages[0].ValueKind == JsonValueKind.Number && ages[0].TryGetInt32(out var minutes) && minutes is >= 0 and < 1_000_000
            ? Time(token, "iat") - TimeSpan.FromMinutes(minutes)
            : null;
    }

    private static string? Text(JsonElement token, string name) =>
        token.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string?> Texts(JsonElement token, string name) => !token.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()]
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString())
        : [];

    private static DateTimeOffset? Time(JsonElement token, string name) =>
        token.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;
}

/// <summary>Who a provider says somebody is.</summary>
/// <param name="Session">The provider's id of the log-in, if it tells one.</param>
/// <param name="ProvenAt">When the person last proved it there, if it tells.</param>
/// <param name="VerifiedEmail">Only when the provider says that it has verified it.</param>
internal sealed record ExternalPerson(
    ExternalIssuer Issuer, string Subject, string? Session, DateTimeOffset? IssuedAt, DateTimeOffset? ProvenAt, string? VerifiedEmail, string? Name);
