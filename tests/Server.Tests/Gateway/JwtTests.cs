using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renexus.Server.Gateway.Authentication;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>The vectors of RFC 7515 and 7519, and what attackers are known to try.</summary>
[Trait("spec", "AU-2")]
public sealed class JwtTests
{
    // RFC 7515, appendix A.1: its header has typ and alg, its claims end in the year 2011.
    private const string RfcHs256 =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private const string RfcHs256Secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    // Appendix A.2.
    private const string RfcRs256 =
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
        + "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
        + "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    private const string RfcRsaModulus =
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
        + "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
        + "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

    // Appendix A.3.
    private const string RfcEs256 =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    private static readonly FakeTime Clock = new();
    private static readonly FakeTime TimeOfTheRfc = new(DateTimeOffset.FromUnixTimeSeconds(1_300_819_379));
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly RSA Rsa = RSA.Create(2048);

    public static TheoryData<string, string> Forgeries()
    {
        var good = Sign(Key(), Claims());
        var parts = good.Split('.');
        var publicKey = Encoding.UTF8.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem());
        return new TheoryData<string, string>
        {
            { "no algorithm", Forge("""{"alg":"none","kid":"k"}""", Claims(), []) },
            { "no algorithm in other letters", Forge("""{"alg":"nOnE","kid":"k"}""", Claims(), []) },
            { "no signature", $"{parts[0]}.{parts[1]}." },
            { "the signature of something else", $"{parts[0]}.{Encode(Claims(subject: "mallory"))}.{parts[2]}" },
            { "another algorithm of the same key", Forge("""{"alg":"HS512","kid":"k"}""", Claims(), HMACSHA512.HashData) },
            { "a public key used as a secret", ForgeWith(publicKey, """{"alg":"HS256","kid":"rsa"}""") },
            { "a key that it brings along", ForgeWith(new byte[32], """{"alg":"HS256","kid":"k","jwk":{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""") },
            { "a key set of its own", ForgeWith(new byte[32], """{"alg":"HS256","kid":"k","jku":"https://evil.example/keys"}""") },
            { "a certificate of its own", ForgeWith(new byte[32], """{"alg":"HS256","kid":"k","x5u":"https://evil.example/cert"}""") },
            { "a key id that is a path", ForgeWith([], """{"alg":"HS256","kid":"../../../../dev/null"}""") },
            { "a key id that is SQL", ForgeWith([], """{"alg":"HS256","kid":"x' union select '' --"}""") },
            { "a key id that is no text", ForgeWith(Secret, """{"alg":"HS256","kid":{"a":1}}""") },
            { "no key id", ForgeWith(Secret, """{"alg":"HS256"}""") },
            { "an extension that must be understood", ForgeWith(Secret, """{"alg":"HS256","kid":"k","crit":["exp"],"exp":1}""") },
            { "another type", ForgeWith(Secret, """{"alg":"HS256","kid":"k","typ":"logout+jwt"}""") },
            { "two algorithms", ForgeWith(Secret, """{"alg":"none","alg":"HS256","kid":"k"}""") },
            { "a header that is no object", ForgeWith(Secret, "[]") },
            { "a header that is no JSON", ForgeWith(Secret, "{alg:HS256}") },
            { "padding", good + "=" },
            { "a space", good + " " },
            { "a line end", good + "\n" },
            { "a trailing dot", good + "." },
            { "four parts", good + "." + parts[2] },
            { "two parts", $"{parts[0]}.{parts[1]}" },
            { "an empty payload", $"{parts[0]}..{parts[2]}" },
            { "the ordinary alphabet", good.Replace('-', '+').Replace('_', '/') + (good.AsSpan().IndexOfAny('-', '_') < 0 ? "+" : "") },
            { "another spelling of the signature", good[..^1] + NextWithSameBits(good[^1]) },
            { "nothing", "" },
            { "dots alone", ".." },
            { "too long", good + new string('A', Jwt.MaxLength) },
            { "twice the same claim", Sign(Key(), """{"sub":"ada","sub":"mallory","exp":9999999999,"iss":"us","aud":"them"}""") },
            { "claims that are no object", Sign(Key(), """ "ada" """) },
            { "no end", Sign(Key(), """{"sub":"ada","iss":"us","aud":"them"}""") },
            { "an end that is text", Sign(Key(), """{"exp":"9999999999","iss":"us","aud":"them"}""") },
            { "another issuer", Sign(Key(), Claims(issuer: "them")) },
            { "another audience", Sign(Key(), Claims(audience: "\"us\"")) },
            { "an audience that is a number", Sign(Key(), Claims(audience: "7")) },
            { "a time before its own", Sign(Key(), Claims(notBefore: 61)) },
        };
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forgery_is_refused(string what, string token)
    {
        var result = Jwt.Verify(token, Rules(Key(), JwtKey.RS256("rsa", Rsa)));

        Assert.False(result.Holds, what);
        Assert.NotEqual(JwtFailure.Expired, result.Failure);
    }

    [Fact]
    public void RFC_7515_A1_an_HMAC_holds_and_has_its_claims()
    {
        var key = JwtKey.HS256(id: null, Base64Url.DecodeFromChars(RfcHs256Secret));

        var result = Jwt.Verify(RfcHs256, RfcRules(key));

        Assert.Equal(JwtFailure.None, result.Failure);
        Assert.True(result.Claims.GetProperty("http://example.com/is_root").GetBoolean());
    }

    [Fact]
    public void RFC_7515_A2_an_RSA_signature_holds()
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(RfcRsaModulus), Exponent = [1, 0, 1] });

        Assert.Equal(JwtFailure.None, Jwt.Verify(RfcRs256, RfcRules(JwtKey.RS256(id: null, rsa))).Failure);
    }

    [Fact]
    public void RFC_7515_A3_an_elliptic_signature_holds()
    {
        using var ec = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
            },
        });

        Assert.Equal(JwtFailure.None, Jwt.Verify(RfcEs256, RfcRules(JwtKey.ES256(id: null, ec))).Failure);
    }

    [Fact]
    public void What_is_signed_verifies_with_the_same_key_and_no_other()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        JwtKey[] keys = [Key(), JwtKey.RS256("k", rsa), JwtKey.ES256("k", ec), JwtKey.HS256("k", RandomNumberGenerator.GetBytes(32))];
        foreach (var signing in keys)
        {
            var token = Sign(signing, Claims());
            foreach (var verifying in keys)
                Assert.Equal(ReferenceEquals(signing, verifying), Jwt.Verify(token, Rules(verifying)).Holds);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(299, false)]
    [InlineData(300, true)]
    [InlineData(301, true)]
    public void A_token_holds_up_to_its_last_second(int later, bool isExpired)
    {
        var clock = new FakeTime();
        var token = Sign(Key(), Claims());
        clock.Advance(TimeSpan.FromSeconds(later));

        Assert.Equal(isExpired ? JwtFailure.Expired : JwtFailure.None, Jwt.Verify(token, Rules(clock, Key())).Failure);
    }

    [Fact]
    public void One_of_several_audiences_is_enough() =>
        Assert.True(Jwt.Verify(Sign(Key(), Claims(audience: """["us","them"]""")), Rules(Key())).Holds);

    [Fact]
    public void Weak_keys_are_not_taken()
    {
        using var rsa = RSA.Create(1024);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<ArgumentException>(() => JwtKey.HS256("k", new byte[31]));
        Assert.Throws<ArgumentException>(() => JwtKey.RS256("k", rsa));
        Assert.Throws<ArgumentException>(() => JwtKey.ES256("k", ec));
    }

    private static JwtKey Key() => JwtKey.HS256("k", Secret);

    private static JwtRules Rules(params JwtKey[] keys) => Rules(Clock, keys);

    private static JwtRules Rules(TimeProvider clock, params JwtKey[] keys) =>
        new(id => keys.FirstOrDefault(k => string.Equals(k.Id, id, StringComparison.Ordinal)), "us", "them", TimeSpan.Zero, clock);

    private static JwtRules RfcRules(JwtKey key) => new(_ => key, "joe", Audience: null, TimeSpan.Zero, TimeOfTheRfc);

    private static string Claims(string subject = "ada", string issuer = "us", string audience = "\"them\"", int notBefore = 0)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        return $$"""{"sub":"{{subject}}","iss":"{{issuer}}","aud":{{audience}},"nbf":{{now + notBefore}},"exp":{{now + 300}}}""";
    }

    private static string Sign(JwtKey key, string claims) => Jwt.Sign(key, Encoding.UTF8.GetBytes(claims));

    private static string ForgeWith(byte[] secret, string header) => Forge(header, Claims(), (_, input) => HMACSHA256.HashData(secret, input));

    private static string Forge(string header, string claims, Func<byte[], byte[], byte[]> sign)
    {
        var input = Encode(header) + "." + Encode(claims);
        return input + "." + Base64Url.EncodeToString(sign(Secret, Encoding.ASCII.GetBytes(input)));
    }

    private static string Forge(string header, string claims, byte[] signature) => Encode(header) + "." + Encode(claims) + "." + Base64Url.EncodeToString(signature);

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    // 32 bytes leave two bits of the last character unused; lenient decoders take four spellings for one signature.
    private static char NextWithSameBits(char last)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet[Alphabet.IndexOf(last, StringComparison.Ordinal) ^ 1];
    }
}
