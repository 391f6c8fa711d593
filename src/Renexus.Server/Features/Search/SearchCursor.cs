using System.Buffers.Binary;
using System.Buffers.Text;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Search;

/// <summary>Where a page of results ends: in which window, and after which of its results.</summary>
/// <param name="At">The window's newest end, with <paramref name="Id"/>: what was written later is not in it, so that it stays as it is.</param>
/// <param name="Score">The last result's; with <paramref name="Last"/> the place in the window. Positive infinity before the first.</param>
internal readonly record struct SearchCursor(DateTimeOffset At, Guid Id, double Score, Guid Last)
{
    private const int Bytes = sizeof(long) + 16 + sizeof(double) + 16;

    public static SearchCursor Before(DateTimeOffset at, Guid id) => new(at, id, double.PositiveInfinity, Guid.AllBitsSet);

    public bool IsBefore(double score, Guid id) => score < Score || (score.Equals(Score) && id.CompareTo(Last) < 0);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteDoubleBigEndian(bytes[24..], Score);
        Last.TryWriteBytes(bytes[32..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ProblemException">It is none of ours (400).</exception>
    public static SearchCursor Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (cursor.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, bytes, out var written) && written == Bytes
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var ticks && ticks <= DateTime.MaxValue.Ticks)
        {
            return new SearchCursor(
                new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..24], bigEndian: true), BinaryPrimitives.ReadDoubleBigEndian(bytes[24..]),
                new Guid(bytes[32..], bigEndian: true));
        }
        throw new ProblemException(Problems.Invalid("cursor", "It is not a cursor that this search gave."));
    }
}
