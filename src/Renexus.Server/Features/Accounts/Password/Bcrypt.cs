using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Checks bcrypt hashes, which accounts bring along from other systems; none is ever made here: whoever logs in with one gets ours.
/// (BCrypt.Net-Next would take this file's place: <c>BCrypt.Verify(password, hash)</c>.)
/// </summary>
/// <remarks>Provos and Mazières, "A Future-Adaptable Password Scheme", 1999. Forms $2a$, $2b$ and $2y$; not $2x$, whose makers had a bug.</remarks>
internal static class Bcrypt
{
    /// <summary>Each step doubles the work; a hash that asks for more would keep a core busy for seconds at each try.</summary>
    public const int MaxCost = 14;

    private const int MinCost = 4;
    private const int Length = 60;
    private const int SaltAt = 7;
    private const int SaltChars = 22;
    private const int SaltBytes = 16;
    private const int DigestBytes = 23;
    private const int MaxKeyBytes = 72;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Whether this is a hash of that kind, at a cost that we bear.</summary>
    public static bool IsHash(string text) => TryParse(text, out _, out _, out _);

    /// <summary>Compares; false also for what is no such hash.</summary>
    public static bool Verify(string password, string hash) => Verify(Encoding.UTF8.GetBytes(password), hash);

    internal static bool Verify(ReadOnlySpan<byte> password, string hash) =>
        TryParse(hash, out var cost, out var salt, out var digest)
        // A key ends at its first zero byte; a password with one would be taken for a shorter one.
        && !password.Contains((byte)0)
        && CryptographicOperations.FixedTimeEquals(Digest(KeyOf(password), salt, cost), digest);

    private static bool TryParse(string text, out int cost, out byte[] salt, out byte[] digest)
    {
        (cost, salt, digest) = (0, [], []);
        if (text.Length != Length || !(text.StartsWith("$2a$", StringComparison.Ordinal) || text.StartsWith("$2b$", StringComparison.Ordinal)
            || text.StartsWith("$2y$", StringComparison.Ordinal)) || text[6] != '$'
            || !char.IsAsciiDigit(text[4]) || !char.IsAsciiDigit(text[5]) || text.AsSpan(SaltAt).ContainsAnyExcept(Letters))
            return false;

        cost = ((text[4] - '0') * 10) + (text[5] - '0');
        salt = Decode(text.AsSpan(SaltAt, SaltChars), SaltBytes);
        digest = Decode(text.AsSpan(SaltAt + SaltChars), DigestBytes);
        return cost is >= MinCost and <= MaxCost;
    }

    /// <summary>Six bits a character, the first ones highest.</summary>
    private static byte[] Decode(ReadOnlySpan<char> text, int bytes)
    {
        var decoded = new byte[bytes];
        var (bits, count, at) = (0, 0, 0);
        foreach (var c in text)
        {
            bits = (bits << 6) | Alphabet.IndexOf(c, StringComparison.Ordinal);
            count += 6;
            if (count >= 8 && at < bytes)
            {
                count -= 8;
                decoded[at++] = (byte)(bits >> count);
            }
        }

        return decoded;
    }

    private static byte[] KeyOf(ReadOnlySpan<byte> password)
    {
        var key = new byte[Math.Min(password.Length + 1, MaxKeyBytes)];
        password[..Math.Min(password.Length, key.Length)].CopyTo(key);
        return key;
    }

    private static byte[] Digest(byte[] key, byte[] salt, int cost)
    {
        // 1. A key schedule that takes 2^cost rounds.
        var cipher = new Blowfish();
        cipher.Expand(key, salt);
        byte[] nothing = new byte[SaltBytes];
        for (var round = 0L; round < 1L << cost; round++)
        {
            cipher.Expand(key, nothing);
            cipher.Expand(salt, nothing);
        }

        // 2. The magic text, 64 times over.
        var text = "OrpheanBeholderScryDoubt"u8.ToArray();
        for (var at = 0; at < text.Length; at += 8)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(text.AsSpan(at));
            var right = BinaryPrimitives.ReadUInt32BigEndian(text.AsSpan(at + 4));
            for (var i = 0; i < 64; i++)
                cipher.Encrypt(ref left, ref right);
            BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(at), left);
            BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(at + 4), right);
        }

        return text[..DigestBytes];
    }

    /// <summary>Blowfish with bcrypt's salted key schedule.</summary>
    private sealed class Blowfish
    {
        private const int Rounds = 16;
        private const int SubkeyCount = Rounds + 2;
        private const int BoxCount = 4;
        private const int BoxSize = 256;

        // Its tables begin as the fraction of pi, in binary: computed, since 1042 constants would have to be believed.
        private static readonly Lazy<uint[]> Pi = new(() => FractionOfPi(SubkeyCount + (BoxCount * BoxSize)));

        private readonly uint[] subkeys = Pi.Value[..SubkeyCount];
        private readonly uint[] boxes = Pi.Value[SubkeyCount..];

        public void Expand(byte[] key, byte[] salt)
        {
            var keyAt = 0;
            for (var i = 0; i < subkeys.Length; i++)
                subkeys[i] ^= NextWord(key, ref keyAt);

            var saltAt = 0;
            var (left, right) = (0u, 0u);
            foreach (var table in (uint[][])[subkeys, boxes])
            {
                for (var i = 0; i < table.Length; i += 2)
                {
                    left ^= NextWord(salt, ref saltAt);
                    right ^= NextWord(salt, ref saltAt);
                    Encrypt(ref left, ref right);
                    (table[i], table[i + 1]) = (left, right);
                }
            }
        }

        public void Encrypt(ref uint left, ref uint right)
        {
            for (var i = 0; i < Rounds; i++)
            {
                left ^= subkeys[i];
                right ^= Mix(left);
                (left, right) = (right, left);
            }

            (left, right) = (right ^ subkeys[Rounds + 1], left ^ subkeys[Rounds]);
        }

        private uint Mix(uint word)
        {
            var all = boxes;
            return ((all[word >> 24] + all[BoxSize + (int)((word >> 16) & 0xff)]) ^ all[(2 * BoxSize) + (int)((word >> 8) & 0xff)])
                + all[(3 * BoxSize) + (int)(word & 0xff)];
        }

        // The bytes go round and round.
        private static uint NextWord(byte[] bytes, ref int at)
        {
            var word = 0u;
            for (var i = 0; i < 4; i++)
            {
                word = (word << 8) | bytes[at];
                at = (at + 1) % bytes.Length;
            }

            return word;
        }

        /// <summary>Machin, 1706: pi = 16 arctan 1/5 - 4 arctan 1/239.</summary>
        private static uint[] FractionOfPi(int words)
        {
            const int guard = 64;
            var one = BigInteger.One << ((words * 32) + guard);
            var fraction = ((16 * ArcTangentOfOneOver(5, one)) - (4 * ArcTangentOfOneOver(239, one)) - (3 * one)) >> guard;
            var bytes = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
            var padded = new byte[words * 4];
            bytes.CopyTo(padded, padded.Length - bytes.Length);
            return [.. Enumerable.Range(0, words).Select(i => BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i * 4)))];
        }

        private static BigInteger ArcTangentOfOneOver(int x, BigInteger one)
        {
            var (sum, power, sign) = (BigInteger.Zero, one / x, 1);
            for (var n = 1; !power.IsZero; n += 2)
            {
                sum += sign * (power / n);
                power /= x * x;
                sign = -sign;
            }

            return sum;
        }
    }
}
