using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// Encrypts single fields of the database (SE-3): second-factor seeds, outside tokens, webhook secrets, signing keys. A value opens only in
/// the row and column it was made for, and only with a key of this installation. Use a <see cref="SecretColumn"/> for each column.
/// </summary>
internal sealed partial class SecretFields(SecretKeys keys, ILogger<SecretFields> logger)
{
    /// <summary>What to store.</summary>
    /// <param name="row">The row's id as text; make it before the row.</param>
    public byte[] Encrypt(SecretColumn column, string row, ReadOnlySpan<byte> plaintext) => SecretEnvelope.Seal(keys.Current, column, row, plaintext);

    public byte[] Encrypt(SecretColumn column, Guid row, ReadOnlySpan<byte> plaintext) => Encrypt(column, row.ToString(), plaintext);

    public byte[] Encrypt(SecretColumn column, Guid row, string plaintext) => Encrypt(column, row, Encoding.UTF8.GetBytes(plaintext));

    /// <exception cref="SecretException">It cannot be read; the message says why and what to do.</exception>
    public byte[] Decrypt(SecretColumn column, string row, ReadOnlySpan<byte> stored)
    {
        var id = SecretEnvelope.KeyIdOf(stored);
        if (id.IsEmpty)
            throw Refuse(column, row, "it is no encrypted field");
        if (keys.Find(id) is not { } key)
            throw Refuse(column, row, $"it was made with key {Convert.ToHexStringLower(id)}, which this node does not have; add it to the key file (docs/security/secrets.md)");

        try
        {
            return SecretEnvelope.Open(key, column, row, stored);
        }
        catch (CryptographicException)
        {
            throw Refuse(column, row, "it was altered, or belongs into another row or column");
        }
    }

    /// <exception cref="SecretException">It cannot be read; the message says why and what to do.</exception>
    public byte[] Decrypt(SecretColumn column, Guid row, ReadOnlySpan<byte> stored) => Decrypt(column, row.ToString(), stored);

    /// <exception cref="SecretException">It cannot be read; the message says why and what to do.</exception>
    public string DecryptText(SecretColumn column, Guid row, ReadOnlySpan<byte> stored) => Encoding.UTF8.GetString(Decrypt(column, row, stored));

    private SecretException Refuse(SecretColumn column, string row, string reason)
    {
        CannotDecrypt(logger, column, row, reason);
        return new SecretException($"{column} of {row} cannot be decrypted: {reason}.");
    }

    [LoggerMessage(1729, LogLevel.Error, "crypt_decrypt_fail: {Column} of {Row}: {Reason}")]
    private static partial void CannotDecrypt(ILogger logger, SecretColumn column, string row, string reason);
}
