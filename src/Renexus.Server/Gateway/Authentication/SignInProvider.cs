using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// A provider at whose own page people sign in (OpenID Connect's authorization code flow with PKCE, RFC 7636). It says who they are; the log-in that
/// comes of it is ours.
/// </summary>
internal sealed partial class SignInProvider(
    IssuerOptions issuer, RenexusOptions options, ExternalHttp http, ExternalTokens tokens, TimeProvider clock, ILogger<SignInProviders> logger)
{
    // A provider names no moment of the proof unless a limit is asked for; this one is beyond every log-in of ours.
    private static readonly TimeSpan AnyAge = TimeSpan.FromDays(400);

    private volatile Metadata? known;

    public string Id => IdOf(issuer);

    public string Name => issuer.Name ?? new Uri(issuer.Issuer).Host;

    public string Issuer => issuer.Issuer;

    /// <summary>Where the provider sends people back to: a page of ours. It is registered there.</summary>
    public string ReturnAddress => $"{options.PublicUrl}/sign-in/{Id}";

    /// <summary>The issuers with a button, Clerk among them where its OAuth application is configured.</summary>
    public static IEnumerable<IssuerOptions> Of(RenexusOptions options)
    {
        foreach (var issuer in options.Identity.Issuers.Where(issuer => issuer.ClientId is not null))
            yield return issuer;
        if (options.Clerk is { Issuer: { } clerk, ClientId: { } client })
            yield return new IssuerOptions { Issuer = clerk, Name = "Clerk", Id = "clerk", ClientId = client, ClientSecret = options.Clerk.ClientSecret };
    }

    /// <summary>How addresses name them.</summary>
    public static IEnumerable<string> Ids(RenexusOptions options) => Of(options).Select(IdOf);

    /// <summary>Where to send the person; null when the provider cannot be reached.</summary>
    /// <param name="flow">What ties the way back to this browser.</param>
    /// <param name="isFresh">Whether the person shall prove it there anew, although signed in.</param>
    public async Task<Uri?> BeginAsync(SignInFlow flow, bool isFresh)
    {
        if (await FindAsync() is not { } metadata)
            return null;

        Dictionary<string, string> query = new(StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = issuer.ClientId!,
            ["redirect_uri"] = ReturnAddress,
            ["scope"] = issuer.Scope,
            ["state"] = flow.State,
            ["nonce"] = flow.Nonce,
            ["code_challenge"] = flow.Challenge,
            ["code_challenge_method"] = "S256",
            ["max_age"] = isFresh ? "0" : ((long)AnyAge.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        if (isFresh)
            query["prompt"] = "login";
        var separator = metadata.Authorization.Query.Length > 0 ? "&" : "?";
        return new Uri(metadata.Authorization + separator + string.Join('&', query.Select(part => $"{part.Key}={Uri.EscapeDataString(part.Value)}")));
    }

    /// <summary>Who came back with this code. The failure says whose it is: the provider's, or the one's who brought the code.</summary>
    public async Task<SignInAnswer> RedeemAsync(SignInFlow flow, string code, CancellationToken cancellationToken)
    {
        if (await FindAsync() is not { } metadata)
            return SignInAnswer.Unreachable;

        try
        {
            // 1. The code for tokens, with the proof that whoever began it redeems it.
            var (status, body) = await http.PostAsync(metadata.Token, Form(flow, code, metadata), Authorization(metadata), options.Identity.KeysTimeout);
            if (status is not HttpStatusCode.OK)
            {
                CodeRefused(logger, Issuer, (int)status, ErrorOf(body));
                return status is HttpStatusCode.BadRequest && ErrorOf(body) is "invalid_grant" ? SignInAnswer.Refused : SignInAnswer.Unreachable;
            }

            using var given = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (Text(given.RootElement, "id_token") is not { } identity)
                return SignInAnswer.Refused;

            // 2. Who it is, by the provider's keys.
            if (await tokens.IdentifyAsync(Issuer, identity, issuer.ClientId!, flow.Nonce, cancellationToken) is not { Issuer: { } rules } person)
                return SignInAnswer.Refused;

            // 3. Some tell address and name only when they are asked.
            if (person is { VerifiedEmail: not null, Name: not null } || metadata.UserInfo is null || Text(given.RootElement, "access_token") is not { } access)
                return new(person);
            using var told = JsonDocument.Parse(await http.GetAsync(metadata.UserInfo, access, options.Identity.KeysTimeout), new JsonDocumentOptions { MaxDepth = 16 });
            return rules.Complete(person, told.RootElement) is { } whole ? new(whole) : SignInAnswer.Refused;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Unreachable(logger, e, Issuer);
            return SignInAnswer.Unreachable;
        }
    }

    private static string IdOf(IssuerOptions issuer) => issuer.Id ?? Slug(new Uri(issuer.Issuer));

    private static string Slug(Uri address)
    {
        var text = address.IsDefaultPort ? address.Host : $"{address.Host}-{address.Port}";
        var slug = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return slug.Length <= 40 ? slug : slug[..40].TrimEnd('-');
    }

    private IEnumerable<KeyValuePair<string, string>> Form(SignInFlow flow, string code, Metadata metadata)
    {
        yield return new("grant_type", "authorization_code");
        yield return new("code", code);
        yield return new("redirect_uri", ReturnAddress);
        yield return new("code_verifier", flow.Verifier);
        if (issuer.ClientSecret is null || !metadata.TakesBasic)
            yield return new("client_id", issuer.ClientId!);
        if (issuer.ClientSecret is { } secret && !metadata.TakesBasic)
            yield return new("client_secret", secret);
    }

    // RFC 6749, 2.3.1: both are encoded before they are joined.
    private AuthenticationHeaderValue? Authorization(Metadata metadata) => issuer.ClientSecret is { } secret && metadata.TakesBasic
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(issuer.ClientId!)}:{Uri.EscapeDataString(secret)}")))
        : null;

    private async Task<Metadata?> FindAsync()
    {
        if (known is { } found && clock.GetUtcNow() - found.FetchedAt < options.Identity.KeysMaxAge)
            return found;

        try
        {
            var address = new Uri(Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
            using var document = JsonDocument.Parse(await http.GetAsync(address, options.Identity.KeysTimeout), new JsonDocumentOptions { MaxDepth = 16 });
            return known = Read(document.RootElement);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or InvalidOperationException or UriFormatException)
        {
            Unreachable(logger, e, Issuer);
            return null;
        }
    }

    private Metadata Read(JsonElement document)
    {
        // Somebody else's document would send people, and our secret, to somebody else (OpenID Connect Discovery, 4.3).
        if (Text(document, "issuer") != Issuer)
            throw new JsonException("The discovery document belongs to another issuer.");

        // What is not said is client_secret_basic.
        var methods = document.TryGetProperty("token_endpoint_auth_methods_supported", out var named) && named.ValueKind == JsonValueKind.Array
            ? named.EnumerateArray().Select(method => method.GetString()).ToArray()
            : ["client_secret_basic"];
        return new Metadata(
            Endpoint("authorization_endpoint") ?? throw new JsonException("The discovery document names no authorization_endpoint."),
            Endpoint("token_endpoint") ?? throw new JsonException("The discovery document names no token_endpoint."),
            Endpoint("userinfo_endpoint"),
            methods.Contains("client_secret_basic", StringComparer.Ordinal),
            clock.GetUtcNow());

        Uri? Endpoint(string name)
        {
            if (Text(document, name) is not { } text)
                return null;
            var address = new Uri(text);
            return address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && Issuer.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
                ? address
                : throw new JsonException($"The {name} of an issuer on https is on https.");
        }
    }

    private static string? ErrorOf(byte[] body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return Text(problem.RootElement, "error") is { Length: <= 60 } error ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Metadata(Uri Authorization, Uri Token, Uri? UserInfo, bool TakesBasic, DateTimeOffset FetchedAt);

    [LoggerMessage(1743, LogLevel.Warning, "{Issuer} cannot be reached for a sign-in, or answers what it should not")]
    private static partial void Unreachable(ILogger logger, Exception exception, string issuer);

    [LoggerMessage(1744, LogLevel.Information, "{Issuer} took no code of a sign-in: {Status} {Error} (authn_login_fail)")]
    private static partial void CodeRefused(ILogger logger, string issuer, int status, string? error);
}

/// <summary>The providers at whose pages one can sign in, as configured.</summary>
internal sealed class SignInProviders(RenexusOptions options, ExternalHttp http, ExternalTokens tokens, TimeProvider clock, ILogger<SignInProviders> logger)
{
    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<SignInProvider> All { get; } =
        [.. SignInProvider.Of(options).Select(issuer => new SignInProvider(issuer, options, http, tokens, clock, logger))];

    public SignInProvider? Find(string id) => All.FirstOrDefault(provider => provider.Id == id);
}

/// <summary>What came of a code.</summary>
/// <param name="Person">Null when nothing did.</param>
/// <param name="IsProvidersFault">Nobody can tell whether the code was good.</param>
internal readonly record struct SignInAnswer(ExternalPerson? Person, bool IsProvidersFault = false)
{
    public static SignInAnswer Unreachable => new(null, IsProvidersFault: true);

    public static SignInAnswer Refused => default;
}

/// <summary>
/// One way to a provider and back. Everything that must fit together at the end is made of one secret, which whoever began it keeps; nothing is stored
/// here. A page of somebody else's cannot finish what it did not begin, and a code that somebody else got is worth nothing.
/// </summary>
internal sealed class SignInFlow(string secret, string providerId)
{
    public string State => Of("state");

    public string Nonce => Of("nonce");

    /// <summary>RFC 7636, 4.1.</summary>
    public string Verifier => Of("verifier");

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>Whether the way back belongs to this way there.</summary>
    public bool IsAnsweredBy(string state) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(State), Encoding.UTF8.GetBytes(state));

    // Another provider's answer does not fit either: what one made cannot be brought to us as another's.
    private string Of(string use) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{use}\0{providerId}")));
}
