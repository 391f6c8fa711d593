using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// How a secret field is written: version (1 byte), key id (8), nonce (12), ciphertext, tag (16), by AES-256-GCM (NIST SP 800-38D).
/// Version, key id, table, column and row id are authenticated with it: a value opens only where it was put. Each place has a data key of its own,
/// derived from the key of the file by HKDF-SHA256 (RFC 5869), so that no key encrypts what belongs to two workspaces or two people.
/// </summary>
internal static class SecretEnvelope
{
    public const byte Version = 2;
    public const int NonceLength = 12;
    public const int TagLength = 16;
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    /// <summary>Before each place had a key of its own; still read, and written anew by the next rotation.</summary>
    private const byte OneKeyVersion = 1;

    private const int HeaderLength = 1 + SecretKey.IdLength;

    /// <summary>The nonce is random: a field would have to be written 2³² times under one key before a repeat is as likely as one in four billion.</summary>
    public static byte[] Seal(SecretKey key, SecretColumn column, string row, ReadOnlySpan<byte> plaintext) =>
        Seal(key, column, row, plaintext, RandomNumberGenerator.GetBytes(NonceLength));

    internal static byte[] Seal(SecretKey key, SecretColumn column, string row, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce)
    {
        var envelope = new byte[Overhead + plaintext.Length];
        envelope[0] = Version;
        key.Id.CopyTo(envelope, 1);
        nonce.CopyTo(envelope.AsSpan(HeaderLength));
        var body = envelope.AsSpan(HeaderLength + NonceLength);
        var place = Place(envelope, column, row);
        using var cipher = key.CipherFor(place);
        cipher.Encrypt(nonce, plaintext, body[..^TagLength], body[^TagLength..], place);
        return envelope;
    }

    /// <summary>The id of the key that made it; empty when this is no envelope of ours.</summary>
    public static ReadOnlySpan<byte> KeyIdOf(ReadOnlySpan<byte> envelope) =>
        envelope.Length >= Overhead && envelope[0] is (Version or OneKeyVersion) ? envelope[1..HeaderLength] : [];

    /// <exception cref="CryptographicException">It was altered, or was sealed for another place.</exception>
    public static byte[] Open(SecretKey key, SecretColumn column, string row, ReadOnlySpan<byte> envelope)
    {
        var nonce = envelope.Slice(HeaderLength, NonceLength);
        var body = envelope[(HeaderLength + NonceLength)..];
        var plaintext = new byte[body.Length - TagLength];
        var place = Place(envelope, column, row);
        using var cipher = envelope[0] == OneKeyVersion ? key.Cipher() : key.CipherFor(place);
        cipher.Decrypt(nonce, body[..^TagLength], body[^TagLength..], plaintext, place);
        return plaintext;
    }

    // Each part with its length before it: no two places have the same bytes.
    private static byte[] Place(ReadOnlySpan<byte> envelope, SecretColumn column, string row)
    {
        using var place = new MemoryStream();
        place.Write(envelope[..HeaderLength]);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (ReadOnlySpan<string>)[column.Table, column.Column, row])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            place.Write(length);
            place.Write(bytes);
        }

        return place.ToArray();
    }
}
