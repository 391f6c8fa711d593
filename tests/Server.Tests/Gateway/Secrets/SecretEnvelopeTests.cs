using System.Security.Cryptography;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>The primitive by NIST's vectors, the envelope by bytes that another implementation made.</summary>
[Trait("spec", "SE-3")]
[Trait("security", "SEC-KEY-01")]
public sealed class SecretEnvelopeTests
{
    private static readonly SecretColumn Column = new("accounts.totp", "secret");

    [Theory]
    // gcmEncryptExtIV256.rsp (NIST CAVP): no plaintext, no additional data.
    [InlineData(
        "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4", "516c33929df5a3284ff463d7", "", "", "", "bdc1ac884d332457a1d2664f168c76f0")]
    // The GCM specification's test cases 13 to 16 (256-bit keys, 96-bit nonces).
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919")]
    [InlineData(
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b")]
    public void The_cipher_of_a_key_gives_the_published_vectors(string key, string nonce, string additional, string plaintext, string ciphertext, string tag)
    {
        using var cipher = new SecretKey(Convert.FromHexString(key)).Cipher();
        var (actual, actualTag) = (new byte[plaintext.Length / 2], new byte[SecretEnvelope.TagLength]);

        cipher.Encrypt(Convert.FromHexString(nonce), Convert.FromHexString(plaintext), actual, actualTag, Convert.FromHexString(additional));

        Assert.Equal((ciphertext, tag), (Convert.ToHexStringLower(actual), Convert.ToHexStringLower(actualTag)));
    }

    [Fact]
    public void The_form_is_pinned()
    {
        // Made with Node's crypto from the description in docs/security/secrets.md.
        const string Golden = "028a8c7aff9522a99aa0a1a2a3a4a5a6a7a8a9aaab4ce3755e007940bdc4c83c3efda72afc4b14606b85d299fcc28c4692c84ee8af";
        var key = new SecretKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        byte[] nonce = [.. Enumerable.Range(0, 12).Select(i => (byte)(0xa0 + i))];

        var sealedBytes = SecretEnvelope.Seal(key, Column, "0199aa00-0000-7000-8000-000000000001", "JBSWY3DPEHPK3PXP"u8, nonce);

        Assert.Equal(Golden, Convert.ToHexStringLower(sealedBytes));
    }

    [Fact]
    public void It_opens_only_in_its_row_and_column_unaltered_and_with_its_key()
    {
        var key = SecretKey.Create();
        var envelope = SecretEnvelope.Seal(key, Column, "row", "secret"u8);
        Assert.Equal("secret"u8, SecretEnvelope.Open(key, Column, "row", envelope));

        Refused(key, Column, "wor", envelope);
        Refused(key, Column with { Column = "seed" }, "row", envelope);
        Refused(key, Column with { Table = "accounts.totq" }, "row", envelope);
        // What was one part cannot become another's end.
        Refused(key, Column with { Table = "accounts.totps", Column = "ecret" }, "row", envelope);
        Refused(SecretKey.Create(), Column, "row", envelope);
        for (var i = 0; i < envelope.Length; i++)
        {
            byte[] altered = [.. envelope];
            altered[i] ^= 1;
            Refused(key, Column, "row", altered);
        }
    }

    [Fact]
    public void What_was_written_before_places_had_keys_of_their_own_is_still_read()
    {
        var earlier = Convert.FromHexString("018a8c7aff9522a99aa0a1a2a3a4a5a6a7a8a9aaabac5a2f7a1cf846ef272dd798342a988e3eea3bdc70b7af8c5ec4b50da9d3c443");
        var key = new SecretKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

        Assert.Equal("JBSWY3DPEHPK3PXP"u8, SecretEnvelope.Open(key, Column, "0199aa00-0000-7000-8000-000000000001", earlier));
        Assert.Equal(key.Id, SecretEnvelope.KeyIdOf(earlier));
    }

    [Fact, Trait("security", "SEC-KEY-02")]
    public void No_two_places_are_encrypted_by_the_same_data_key()
    {
        var key = SecretKey.Create();
        byte[] nonce = [.. Enumerable.Range(0, SecretEnvelope.NonceLength).Select(i => (byte)i)];
        // With one key and one nonce the ciphertexts of the same secret would be the same: only the key of the place tells them apart.
        string BodyOf(SecretColumn column, string row) =>
            Convert.ToHexString(SecretEnvelope.Seal(key, column, row, "secret"u8, nonce).AsSpan(21, 6));

        string[] bodies = [BodyOf(Column, "a"), BodyOf(Column, "b"), BodyOf(Column with { Column = "seed" }, "a"), BodyOf(Column with { Table = "webhooks.hook" }, "a")];

        Assert.Equal(bodies.Length, bodies.Distinct().Count());
        Assert.Equal(bodies[0], BodyOf(Column, "a"));
    }

    [Fact, Trait("security", "SEC-KEY-02")]
    public void The_same_secret_never_looks_the_same()
    {
        var key = SecretKey.Create();

        var made = Enumerable.Range(0, 10_000).Select(_ => Convert.ToHexString(SecretEnvelope.Seal(key, Column, "row", "secret"u8))).ToArray();

        Assert.Equal(made.Length, made.Select(m => m[18..42]).Distinct().Count());
    }

    private static void Refused(SecretKey key, SecretColumn column, string row, byte[] envelope) =>
        Assert.ThrowsAny<CryptographicException>(() => SecretEnvelope.Open(key, column, row, envelope));
}
