using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// A code for the day the phone is gone: 80 random bits in four groups of four, read generously (case, dashes, O for 0, I and L for 1).
/// Stored as PBKDF2 over the account's salt: lists of codes are short enough to be worth guessing for whoever has the table (ASVS 6.5.2).
/// </summary>
internal static class RecoveryCode
{
    public const int PerAccount = 10;
    public const int SaltBytes = 16;

    private const int Characters = 16;
    private const int Rounds = 20_000;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Base32.Readable);

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>Ten codes as they are shown, once.</summary>
    public static string[] NewSet() =>
        [.. Enumerable.Range(0, PerAccount).Select(_ => Group(Base32.Encode(RandomNumberGenerator.GetBytes(Characters * 5 / 8), Base32.Readable)))];

    public static bool TryRead(string text, [NotNullWhen(true)] out string? code)
    {
        var read = new StringBuilder(Characters);
        foreach (var c in text)
        {
            if (c is '-' or ' ')
                continue;
            read.Append(char.ToLowerInvariant(c) switch { 'o' => '0', 'i' or 'l' => '1', var other => other });
        }

        code = read.ToString();
        if (code.Length == Characters && !code.AsSpan().ContainsAnyExcept(Alphabet))
            return true;
        code = null;
        return false;
    }

    /// <param name="code">As <see cref="TryRead"/> gives it.</param>
    public static byte[] Hash(string code, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(code), salt, Rounds, HashAlgorithmName.SHA512, 32);

    private static string Group(string code) => string.Join('-', code.Chunk(4).Select(group => new string(group)));
}
