using System.Text;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Five bits a character, in an alphabet that the caller chooses; no padding.</summary>
internal static class Base32
{
    /// <summary>RFC 4648, as authenticator apps read seeds.</summary>
    public const string Rfc4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Without letters that people take for digits or each other (Crockford).</summary>
    public const string Readable = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <param name="bytes">A multiple of five bytes.</param>
    public static string Encode(ReadOnlySpan<byte> bytes, string alphabet)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = ((buffer << 8) | b) & 0xFFF;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(alphabet[(buffer >> (bits - 5)) & 31]);
        }

        return text.ToString();
    }
}
