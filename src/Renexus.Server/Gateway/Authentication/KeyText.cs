using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// How an API key looks: <c>rnx_</c>, 256 random bits in 43 characters of base 62, and six more that are the CRC-32C of all before them.
/// Scanners of secrets find it by its beginning and know by its end that it is no accident; what is mistyped is refused without a look-up.
/// </summary>
internal static class KeyText
{
    public const string Prefix = "rnx_";
    public const int Length = 4 + RandomLength + ChecksumLength;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 43;
    private const int ChecksumLength = 6;
    private const int ShownLength = 12;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    public static string New()
    {
        var body = Prefix + Write(new BigInteger(RandomNumberGenerator.GetBytes(32), isUnsigned: true), RandomLength);
        return body + Checksum(body);
    }

    /// <summary>Whether it claims to be one of ours; no access token begins like this.</summary>
    public static bool Concerns(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool IsWellFormed(string text) =>
        text.Length == Length && Concerns(text) && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet)
        && text.EndsWith(Checksum(text[..^ChecksumLength]), StringComparison.Ordinal);

    /// <summary>What is stored; a fast hash will do, since nobody guesses 256 bits.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));

    /// <summary>What lists show, for people to tell one from another.</summary>
    public static string Shown(string text) => text[..ShownLength];

    private static string Checksum(string text)
    {
        var crc = uint.MaxValue;
        foreach (var b in Encoding.ASCII.GetBytes(text))
            crc = BitOperations.Crc32C(crc, b);
        return Write(~crc, ChecksumLength);
    }

    private static string Write(BigInteger number, int length)
    {
        var text = new char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, Digits.Length, out var digit);
            text[i] = Digits[(int)digit];
        }

        return new string(text);
    }
}
