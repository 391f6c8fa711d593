using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Signs and verifies compact JSON Web Tokens (RFC 7515, 7519). The key fixes the algorithm: a token cannot choose how it is checked, nor
/// bring the key it is checked with. Microsoft.IdentityModel.JsonWebTokens would replace this file where it can be had.
/// </summary>
internal static class Jwt
{
    /// <summary>Longer ones are refused unread.</summary>
    public const int MaxLength = 8192;

    private static readonly SearchValues<char> Base64UrlAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly string[] OrdinaryTypes = ["JWT"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>A signed token with this payload.</summary>
    /// <param name="payload">A JSON object in UTF-8.</param>
    public static string Sign(JwtKey key, ReadOnlySpan<byte> payload, string type = "JWT")
    {
        using var header = new MemoryStream();
        using (var writer = new Utf8JsonWriter(header))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", key.Algorithm);
            if (key.Id is not null)
                writer.WriteString("kid", key.Id);
            writer.WriteString("typ", type);
            writer.WriteEndObject();
        }

        var input = Base64Url.EncodeToString(header.ToArray()) + "." + Base64Url.EncodeToString(payload);
        return input + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)));
    }

    /// <summary>Checks form, key, signature, times, issuer and audience, in this order; the claims are there only when all hold.</summary>
    public static JwtResult Verify(string token, JwtRules rules)
    {
        // 1. Three parts of canonical base64url: one token has one spelling.
        if (token.Length > MaxLength || !TrySplit(token, out var header, out var payload, out var signature))
            return new(JwtFailure.Malformed);

        // 2. The header names a key; the key, not the header, decides how to check.
        if (!TryParse(header, out var head))
            return new(JwtFailure.Malformed);
        // Extensions that must be understood: there are none we understand.
        if (head.TryGetProperty("crit", out _) || !IsType(head, rules.Types ?? OrdinaryTypes))
            return new(JwtFailure.Unsupported);
        if (!TryGetOptionalString(head, "kid", out var keyId))
            return new(JwtFailure.Malformed);
        if (rules.FindKey(keyId) is not { } key)
            return new(JwtFailure.UnknownKey, KeyId: keyId);
        if (!head.TryGetProperty("alg", out var algorithm) || algorithm.ValueKind != JsonValueKind.String || !algorithm.ValueEquals(key.Algorithm))
            return new(JwtFailure.WrongAlgorithm);

        // 3. Nothing of the payload is looked at before its signature holds.
        if (!key.Verify(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), signature))
            return new(JwtFailure.BadSignature);
        if (!TryParse(payload, out var claims))
            return new(JwtFailure.Malformed);

        return new(CheckClaims(claims, rules), claims);
    }

    /// <summary>The issuer that a token names, unverified: good for choosing the rules to verify it by, and for nothing else.</summary>
    public static string? PeekIssuer(string token) =>
        token.Length <= MaxLength && TrySplit(token, out _, out var payload, out _) && TryParse(payload, out var claims)
            && claims.TryGetProperty("iss", out var issuer) && issuer.ValueKind == JsonValueKind.String
            ? issuer.GetString()
            : null;

    private static JwtFailure CheckClaims(JsonElement claims, JwtRules rules)
    {
        var now = rules.Clock.GetUtcNow().ToUnixTimeSeconds();
        var leeway = (long)rules.Leeway.TotalSeconds;
        if (!TryGetTime(claims, "exp", out var expires) || expires is null || !TryGetTime(claims, "nbf", out var notBefore) || !TryGetTime(claims, "iat", out _))
            return JwtFailure.Malformed;
        if (rules.Issuer is { } issuer && !(claims.TryGetProperty("iss", out var iss) && iss.ValueKind == JsonValueKind.String && iss.ValueEquals(issuer)))
            return JwtFailure.WrongIssuer;
        if (rules.Audience is { } audience && !HasAudience(claims, audience))
            return JwtFailure.WrongAudience;
        if (notBefore > now + leeway)
            return JwtFailure.NotYetValid;
        // Last, so that "expired" says that everything else was right.
        return expires <= now - leeway ? JwtFailure.Expired : JwtFailure.None;
    }

    private static bool TrySplit(string token, out byte[] header, out byte[] payload, out byte[] signature)
    {
        header = payload = signature = [];
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        return first > 0 && last > first && token.AsSpan(first + 1, last - first - 1).IndexOf('.') < 0
            && TryDecode(token.AsSpan(0, first), out header)
            && TryDecode(token.AsSpan(first + 1, last - first - 1), out payload)
            && TryDecode(token.AsSpan(last + 1), out signature);
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        // The decoder takes padding and white space; stray bits at the end it refuses itself.
        if (text.IsEmpty || text.ContainsAnyExcept(Base64UrlAlphabet))
            return false;

        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done)
            return false;

        bytes = decoded[..written];
        return true;
    }

    private static bool TryParse(byte[] json, out JsonElement value)
    {
        value = default;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            ReadThrough(document.RootElement);
            value = document.RootElement.Clone();
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // Half a surrogate pair or broken UTF-8 is found only when a text is read; better here than wherever it is wanted later.
    private static void ReadThrough(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadThrough(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadThrough(property.Value);
                }

                break;
        }
    }

    // Others' tokens may leave it out; what is there must fit, so that a token made for one purpose does not serve another.
    private static bool IsType(JsonElement header, string[] types) =>
        !header.TryGetProperty("typ", out var typ)
        || (typ.ValueKind == JsonValueKind.String && types.Contains(typ.GetString(), StringComparer.OrdinalIgnoreCase));

    private static bool TryGetOptionalString(JsonElement element, string name, out string? value)
    {
        value = null;
        if (!element.TryGetProperty(name, out var found))
            return true;
        if (found.ValueKind != JsonValueKind.String)
            return false;

        value = found.GetString();
        return true;
    }

    private static bool TryGetTime(JsonElement claims, string name, out double? seconds)
    {
        seconds = null;
        if (!claims.TryGetProperty(name, out var found))
            return true;
        if (found.ValueKind != JsonValueKind.Number || !found.TryGetDouble(out var value) || !double.IsFinite(value))
            return false;

        seconds = value;
        return true;
    }

    private static bool HasAudience(JsonElement claims, string audience) => claims.TryGetProperty("aud", out var aud) && aud.ValueKind switch
    {
        JsonValueKind.String => aud.ValueEquals(audience),
        JsonValueKind.Array => aud.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(audience)),
        _ => false,
    };
}

/// <summary>A key with the one algorithm it is used with.</summary>
internal sealed class JwtKey
{
    private const int MinSecretBytes = 32;
    private const int MinRsaBits = 2048;
    private const int P256Bits = 256;

    private readonly Func<byte[], byte[]> sign;
    private readonly Func<byte[], byte[], bool> verify;

    private JwtKey(string? id, string algorithm, Func<byte[], byte[]> sign, Func<byte[], byte[], bool> verify) =>
        (Id, Algorithm, this.sign, this.verify) = (id, algorithm, sign, verify);

    public string? Id { get; }

    public string Algorithm { get; }

    public static JwtKey HS256(string? id, byte[] secret)
    {
        if (secret.Length < MinSecretBytes)
            throw new ArgumentException($"A secret needs at least {MinSecretBytes} bytes.", nameof(secret));

        return new(id, "HS256",
            input => HMACSHA256.HashData(secret, input),
            (input, signature) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, input), signature));
    }

    public static JwtKey RS256(string? id, RSA rsa)
    {
        if (rsa.KeySize < MinRsaBits)
            throw new ArgumentException($"An RSA key needs at least {MinRsaBits} bits.", nameof(rsa));

        return new(id, "RS256",
            input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            (input, signature) => rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static JwtKey PS256(string? id, RSA rsa)
    {
        if (rsa.KeySize < MinRsaBits)
            throw new ArgumentException($"An RSA key needs at least {MinRsaBits} bits.", nameof(rsa));

        return new(id, "PS256",
            input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            (input, signature) => rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    public static JwtKey ES256(string? id, ECDsa ec)
    {
        if (ec.KeySize != P256Bits)
            throw new ArgumentException("ES256 is defined for the curve P-256 alone.", nameof(ec));

        // Fixed-length r and s, not the ASN.1 that is the default.
        const DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
        return new(id, "ES256",
            input => ec.SignData(input, HashAlgorithmName.SHA256, Format),
            (input, signature) => ec.VerifyData(input, signature, HashAlgorithmName.SHA256, Format));
    }

    public byte[] Sign(byte[] input) => sign(input);

    public bool Verify(byte[] input, byte[] signature) => verify(input, signature);
}

/// <summary>What a token must be to hold.</summary>
/// <param name="FindKey">The key of a <c>kid</c> (null when the token names none); null when there is none.</param>
/// <param name="Issuer">Null: any.</param>
/// <param name="Audience">Null: any.</param>
/// <param name="Leeway">How far the issuer's clock may be off.</param>
/// <param name="Types">What <c>typ</c> may be when it is there; <c>JWT</c> when null.</param>
internal sealed record JwtRules(
    Func<string?, JwtKey?> FindKey, string? Issuer, string? Audience, TimeSpan Leeway, TimeProvider Clock, string[]? Types = null);

/// <summary>Whether a token holds, and what it claims when it does (or when it has only expired).</summary>
internal readonly record struct JwtResult(JwtFailure Failure, JsonElement Claims = default, string? KeyId = null)
{
    public bool Holds => Failure == JwtFailure.None;
}

/// <summary>Why a token does not hold.</summary>
internal enum JwtFailure
{
    None,
    Malformed,
    Unsupported,
    UnknownKey,
    WrongAlgorithm,
    BadSignature,
    WrongIssuer,
    WrongAudience,
    NotYetValid,
    Expired,
}
