using System.Security.Cryptography;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>A key of secret fields. Its id is made from it, so that the two cannot be mixed up; it tells nothing of the key.</summary>
internal sealed class SecretKey
{
    public const int Length = 32;
    public const int IdLength = 8;

    private readonly byte[] bytes;

    public SecretKey(byte[] bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"A key has {Length} bytes.", nameof(bytes));
        this.bytes = bytes;
        Id = HMACSHA256.HashData(bytes, "renexus.secrets.key-id"u8)[..IdLength];
        Name = Convert.ToHexStringLower(Id);
    }

    public byte[] Id { get; }

    /// <summary>The id as people read it.</summary>
    public string Name { get; }

    public static SecretKey Create() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>A line of the key file.</summary>
    public string ToLine() => Convert.ToBase64String(bytes);

    /// <summary>The cipher of the data key that this key has for a place.</summary>
    internal AesGcm CipherFor(ReadOnlySpan<byte> place)
    {
        Span<byte> dataKey = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, dataKey, salt: "renexus.secrets.data-key"u8, info: place);
        try
        {
            return new AesGcm(dataKey, SecretEnvelope.TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>A key for something else than fields, which tells nothing of this one.</summary>
    internal byte[] Derive(ReadOnlySpan<byte> purpose)
    {
        var derived = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, derived, salt: "renexus.secrets.derived-key"u8, info: purpose);
        return derived;
    }

    /// <summary>The cipher of the key itself.</summary>
    internal AesGcm Cipher() => new(bytes, SecretEnvelope.TagLength);
}
