using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// A key on its way to another node, through the database: under a key made from the database's password, which every node has and no dump of the
/// database holds. Version (1 byte), salt (16), nonce (12), ciphertext, tag (16).
/// </summary>
internal static class WrappedKey
{
    private const byte Version = 1;
    private const int SaltLength = 16;

    // OWASP's figure for PBKDF2-HMAC-SHA512: a dump may be tried offline.
    private const int Iterations = 220_000;

    private const int HeaderLength = 1 + SaltLength + SecretEnvelope.NonceLength;
    private const int WrappedLength = HeaderLength + SecretKey.Length + SecretEnvelope.TagLength;

    public static byte[] Wrap(SecretKey key, string password)
    {
        var wrapped = new byte[WrappedLength];
        wrapped[0] = Version;
        RandomNumberGenerator.Fill(wrapped.AsSpan(1, SaltLength + SecretEnvelope.NonceLength));
        var bytes = Convert.FromBase64String(key.ToLine());
        using var cipher = CipherOf(wrapped, password);
        cipher.Encrypt(NonceOf(wrapped), bytes, wrapped.AsSpan(HeaderLength, SecretKey.Length), wrapped.AsSpan(HeaderLength + SecretKey.Length), key.Id);
        CryptographicOperations.ZeroMemory(bytes);
        return wrapped;
    }

    /// <summary>Null when it was wrapped under another password, altered, or is another key than it says.</summary>
    public static SecretKey? Unwrap(ReadOnlySpan<byte> id, ReadOnlySpan<byte> wrapped, string password)
    {
        if (wrapped.Length != WrappedLength || wrapped[0] != Version)
            return null;
        var bytes = new byte[SecretKey.Length];
        using var cipher = CipherOf(wrapped, password);
        try
        {
            cipher.Decrypt(NonceOf(wrapped), wrapped.Slice(HeaderLength, SecretKey.Length), wrapped[(HeaderLength + SecretKey.Length)..], bytes, id);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        var key = new SecretKey(bytes);
        return id.SequenceEqual(key.Id) ? key : null;
    }

    private static ReadOnlySpan<byte> NonceOf(ReadOnlySpan<byte> wrapped) => wrapped.Slice(1 + SaltLength, SecretEnvelope.NonceLength);

    private static AesGcm CipherOf(ReadOnlySpan<byte> wrapped, string password)
    {
        Span<byte> key = stackalloc byte[SecretKey.Length];
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), wrapped.Slice(1, SaltLength), key, Iterations, HashAlgorithmName.SHA512);
        try
        {
            return new AesGcm(key, SecretEnvelope.TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
