using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// The codes of authenticator apps: RFC 6238 with what every app knows, HMAC-SHA-1, six digits, 30 seconds. Identity's own provider takes two
/// steps to either side and each code again and again; this one takes one step to either side, and its caller takes each step once.
/// </summary>
internal static class Totp
{
    public const int Digits = 6;
    public const int SeedBytes = 20;

    private const int StepSeconds = 30;

    /// <summary>Clocks of phones differ, and people type slowly: the step before and the one after are good too.</summary>
    private const int Tolerance = 1;

    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(SeedBytes);

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    public static bool LooksLikeCode(string text) => text.Length == Digits && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    public static string CodeAt(ReadOnlySpan<byte> seed, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        // What the apps compute; HMAC does not rest on SHA-1's resistance to collisions (RFC 6238 section 5.1, NIST SP 800-107).
#pragma warning disable CA5350
        HMACSHA1.HashData(seed, counter, mac);
#pragma warning restore CA5350
        var offset = mac[^1] & 0x0F;
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step that a code belongs to, if it is good now. Takes as long for a wrong code as for a right one.</summary>
    public static long? StepOf(string code, ReadOnlySpan<byte> seed, DateTimeOffset now)
    {
        long? found = null;
        var given = Encoding.ASCII.GetBytes(code);
        for (var step = StepAt(now) - Tolerance; step <= StepAt(now) + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(CodeAt(seed, step))))
                found = step;
        }

        return found;
    }

    /// <summary>What the picture for the app says (Key URI Format).</summary>
    public static string UriOf(string account, string secret) =>
        $"otpauth://totp/Renexus:{Uri.EscapeDataString(account)}?secret={secret}&issuer=Renexus&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
}
