using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>The app on somebody's phone: holds the key that was typed into it and shows codes (RFC 6238).</summary>
internal sealed class AuthenticatorApp(string key, TimeProvider clock)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly byte[] seed = Decode(key.Replace(" ", "", StringComparison.Ordinal));

    public string Code
    {
        get
        {
            var counter = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(counter, clock.GetUtcNow().ToUnixTimeSeconds() / 30);
            // What the apps compute.
#pragma warning disable CA5350
            var mac = HMACSHA1.HashData(seed, counter);
#pragma warning restore CA5350
            var number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(mac[^1] & 0x0F)) & 0x7FFF_FFFF;
            return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        }
    }

    private static byte[] Decode(string base32)
    {
        var number = base32.Aggregate(BigInteger.Zero, (sum, letter) => (sum * 32) + Alphabet.IndexOf(letter, StringComparison.Ordinal));
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        // Leading zeros are bytes of the key as well.
        return [.. new byte[(base32.Length * 5 / 8) - bytes.Length], .. bytes];
    }
}
