using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Reads a key set (RFC 7517). Only public keys for signatures count: a secret in there is nobody's business and is passed over.</summary>
internal static class JsonWebKeys
{
    private const int MaxKeys = 100;

    /// <summary>The usable keys by their ids.</summary>
    /// <param name="isRs256Only">Takes nothing else, whatever the set offers.</param>
    /// <exception cref="JsonException">It is no key set.</exception>
    public static FrozenDictionary<string, JwtKey> Read(ReadOnlyMemory<byte> json, bool isRs256Only)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            throw new JsonException("A key set has keys.");

        var found = new Dictionary<string, JwtKey>(StringComparer.Ordinal);
        foreach (var key in keys.EnumerateArray().Take(MaxKeys))
        {
            if (ReadKey(key, isRs256Only) is { } usable)
                found.TryAdd(usable.Id ?? "", usable);
        }

        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static JwtKey? ReadKey(JsonElement key, bool isRs256Only)
    {
        if (key.ValueKind != JsonValueKind.Object || Text(key, "use") is not (null or "sig") || !MayVerify(key))
            return null;

        // Who names no algorithm means the one that every provider must know (OpenID Connect Core, 15.1).
        var (type, algorithm, id) = (Text(key, "kty"), Text(key, "alg"), Text(key, "kid"));
        try
        {
            return (type, algorithm) switch
            {
                ("RSA", null or "RS256") => JwtKey.RS256(id, Rsa(key)),
                ("RSA", "PS256") when !isRs256Only => JwtKey.PS256(id, Rsa(key)),
                ("EC", null or "ES256") when !isRs256Only && Text(key, "crv") == "P-256" => JwtKey.ES256(id, Ec(key)),
                _ => null,
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            // Too weak, or no key at all; the others of the set may do.
            return null;
        }
    }

    private static bool MayVerify(JsonElement key) =>
        !key.TryGetProperty("key_ops", out var uses)
        || (uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(u => u.ValueKind == JsonValueKind.String && u.ValueEquals("verify")));

    private static RSA Rsa(JsonElement key) => RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });

    private static ECDsa Ec(JsonElement key) =>
        ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } });

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? throw new FormatException(name));

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
