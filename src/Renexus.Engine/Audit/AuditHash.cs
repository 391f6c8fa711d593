using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Engine.Audit;

/// <summary>
/// The bytes that are hashed (docs/security/audit.md), a second time beside the database's own: the sealer computes there, the verifier here.
/// Numbers are big-endian; each part that may be absent or long has its length before it, -1 for absent.
/// </summary>
public static class AuditHash
{
    /// <summary>The one form there is; a row of another is reported, not read.</summary>
    public const short Form = 1;

    /// <summary>What stands before a chain's first entry.</summary>
    public static byte[] Beginning(Guid chain) => new Bytes().Raw("renexus.audit"u8).Raw(chain).Hash();

    /// <summary>The hash of an entry in its place.</summary>
    public static byte[] Of(ReadOnlySpan<byte> previous, SealedEntry entry) => new Bytes()
        .Raw(entry.Form).Raw(previous).Raw(entry.Chain).Raw(entry.Seq).Raw(entry.Id)
        .Part(entry.WorkspaceId).Part(entry.PersonId)
        .Raw((entry.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
        .Part(entry.ActorId).Part(entry.SessionId).Part(entry.KeyId)
        .Part(entry.Action).Part(entry.Resource).Part(entry.ResourceId)
        .Part(entry.CorrelationId).Raw(entry.OriginDigest).Raw(entry.ContentDigest)
        .Hash();

    /// <summary>What stands in for address and device.</summary>
    public static byte[] OriginDigest(Guid salt, string? address, string? device) => new Bytes().Raw(salt).Part(address).Part(device).Hash();

    /// <summary>What stands in for before and after.</summary>
    public static byte[] ContentDigest(Guid salt, string? before, string? after) => new Bytes().Raw(salt).Part(before).Part(after).Hash();

    private sealed class Bytes
    {
        private readonly ArrayBufferWriter<byte> bytes = new();

        public Bytes Raw(ReadOnlySpan<byte> value)
        {
            bytes.Write(value);
            return this;
        }

        public Bytes Raw(short value)
        {
            Span<byte> two = stackalloc byte[2];
            BinaryPrimitives.WriteInt16BigEndian(two, value);
            return Raw(two);
        }

        public Bytes Raw(long value)
        {
            Span<byte> eight = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(eight, value);
            return Raw(eight);
        }

        public Bytes Raw(Guid value) => Raw(value.ToByteArray(bigEndian: true));

        public Bytes Part(Guid? value) => value is { } id ? Part(id.ToByteArray(bigEndian: true)) : Absent();

        public Bytes Part(string? value) => value is null ? Absent() : Part(Encoding.UTF8.GetBytes(value));

        public byte[] Hash() => SHA256.HashData(bytes.WrittenSpan);

        private Bytes Part(ReadOnlySpan<byte> value) => Length(value.Length).Raw(value);

        private Bytes Absent() => Length(-1);

        private Bytes Length(int length)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(four, length);
            return Raw(four);
        }
    }
}
