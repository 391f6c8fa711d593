using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// 256 random bits that prove something to whoever holds them: a refresh token, an invitation, a link in a mail.
/// The database knows its hash alone; a fast hash will do, since nobody guesses 256 bits.
/// </summary>
internal sealed class SecretToken
{
    public const int Bytes = 32;

    private readonly byte[] secret;

    private SecretToken(byte[] secret) => this.secret = secret;

    public static SecretToken New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads base64url; anything else is nobody's token.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SecretToken? token)
    {
        var bytes = new byte[Bytes];
        var valid = text?.Length == Base64Url.GetEncodedLength(Bytes)
            && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var written)
            && written == Bytes;
        token = valid ? new SecretToken(bytes) : null;
        return valid;
    }

    /// <summary>What is stored and looked up.</summary>
    public byte[] Hash() => SHA256.HashData(secret);

    /// <summary>
    /// The one token that follows this one under that seed. Holding the token or reading the seed is not enough to know it:
    /// it takes both, so the seed may lie in the database and the same question always gets the same answer.
    /// </summary>
    public SecretToken Successor(byte[] seed) => new(HMACSHA256.HashData(secret, seed));

    /// <summary>The token itself, in base64url, for its holder's eyes. Not <c>ToString</c>, which ends up in logs.</summary>
    public string Reveal() => Base64Url.EncodeToString(secret);
}
