using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Server.Features.Audit;

/// <summary>A signed statement that a chain stood at this place with this hash. As a line of JSON it is what one keeps elsewhere.</summary>
/// <param name="Chain">The workspace; all zeros for the installation.</param>
/// <param name="Seq">The place.</param>
/// <param name="Hash">The hash of the entry there, hexadecimal.</param>
/// <param name="At">When it was signed.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256, 64 bytes (r, s), base64.</param>
internal sealed record Checkpoint(
    [property: JsonRequired] Guid Chain, [property: JsonRequired] long Seq, [property: JsonRequired] string Hash, [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] string PublicKey, [property: JsonRequired] string Signature)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static Checkpoint Sign(Guid chain, long seq, byte[] hash, DateTimeOffset at, AuditKey key)
    {
        // What the database keeps of it: microseconds.
        at = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        var text = Convert.ToHexStringLower(hash);
        return new Checkpoint(chain, seq, text, at, Convert.ToBase64String(key.PublicKey), Convert.ToBase64String(key.Sign(Statement(chain, seq, text, at))));
    }

    /// <exception cref="JsonException">It is none.</exception>
    public static Checkpoint Parse(string line) => JsonSerializer.Deserialize<Checkpoint>(line, Format) ?? throw new JsonException("It is empty.");

    public string ToLine() => JsonSerializer.Serialize(this, Format);

    /// <summary>Whether the key it names signed exactly this. Whether that key is to be trusted is another question.</summary>
    public bool IsSigned()
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(PublicKey), out _);
            return key.VerifyData(Statement(Chain, Seq, Hash, At), Convert.FromBase64String(Signature), HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private static byte[] Statement(Guid chain, long seq, string hash, DateTimeOffset at) =>
        Encoding.UTF8.GetBytes($"renexus.audit.checkpoint\n{chain}\n{seq}\n{hash}\n{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\n");
}
