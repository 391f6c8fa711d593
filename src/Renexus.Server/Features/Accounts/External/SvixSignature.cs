using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>
/// Whether a call is from who has the secret (Svix, which Clerk sends by): over its id, its time and the exact bytes of the body, with a
/// time at most five minutes away, in constant time.
/// </summary>
internal static class SvixSignature
{
    public const int MaxIdLength = 200;

    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>The keys of a setting: one secret, or several with spaces between them while it is being changed.</summary>
    public static IReadOnlyList<byte[]> Keys(string secrets) =>
        [.. secrets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(secret => Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret))];

    /// <param name="signatures">As in the header: several with spaces between them; those of other versions are not looked at.</param>
    public static bool IsGood(IReadOnlyList<byte[]> keys, string id, string seconds, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (id.Length is 0 or > MaxIdLength || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || Math.Abs(now.ToUnixTimeSeconds() - at) > Tolerance.TotalSeconds)
            return false;

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body];
        var given = signatures.Split(' ').Where(s => s.StartsWith(Version, StringComparison.Ordinal)).Select(s => Decode(s[Version.Length..])).ToArray();
        var isGood = false;
        foreach (var key in keys)
        {
            var wanted = HMACSHA256.HashData(key, signed);
            foreach (var signature in given)
                isGood |= CryptographicOperations.FixedTimeEquals(wanted, signature);
        }
        return isGood;
    }

    private static byte[] Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var written) ? bytes[..written] : [];
    }
}
