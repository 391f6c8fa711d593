using System.Buffers.Binary;
using System.Buffers.Text;
using Renexus.Contracts;

namespace Renexus.Server.Gateway;

/// <summary>
/// Pages of lists that are ordered by id (GW-7): a cursor is the last id of the page before, so what is inserted meanwhile neither
/// repeats nor hides anything. Ask the database for one item more than <see cref="Take"/>: it tells whether there is a next page.
/// </summary>
internal static class Paging
{
    private const int GuidBytes = 16;
    private const int PlaceBytes = sizeof(long) + GuidBytes;

    public static int Take(this PageQuery query) => query.Limit ?? PageQuery.DefaultLimit;

    /// <summary>After which id to begin; all zeros for the first page.</summary>
    /// <exception cref="ProblemException">The cursor is none of ours (400).</exception>
    public static Guid After(this PageQuery query)
    {
        if (query.Cursor is not { Length: > 0 } cursor)
            return Guid.Empty;

        Span<byte> id = stackalloc byte[GuidBytes];
        if (cursor.Length == Base64Url.GetEncodedLength(GuidBytes) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, id, out var written) && written == GuidBytes)
            return new Guid(id, bigEndian: true);

        throw new ProblemException(Problems.Invalid("cursor", "It is not a cursor that this list gave."));
    }

    /// <summary>The same for lists that are ordered by time and id, newest first: before which place to begin.</summary>
    /// <exception cref="ProblemException">The cursor is none of ours (400).</exception>
    public static (DateTimeOffset At, Guid Id) Before(this PageQuery query)
    {
        if (query.Cursor is not { Length: > 0 } cursor)
            return (DateTimeOffset.MaxValue, Guid.AllBitsSet);

        Span<byte> place = stackalloc byte[PlaceBytes];
        if (cursor.Length == Base64Url.GetEncodedLength(PlaceBytes) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, place, out var written) && written == PlaceBytes
            && BinaryPrimitives.ReadInt64BigEndian(place) is >= 0 and var ticks && ticks <= DateTime.MaxValue.Ticks)
            return (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(place[sizeof(long)..], bigEndian: true));

        throw new ProblemException(Problems.Invalid("cursor", "It is not a cursor that this list gave."));
    }

    /// <summary>The same for lists that are ordered by a number, highest first: before which one to begin.</summary>
    /// <exception cref="ProblemException">The cursor is none of ours (400).</exception>
    public static long BeforeNumber(this PageQuery query)
    {
        if (query.Cursor is not { Length: > 0 } cursor)
            return long.MaxValue;

        Span<byte> number = stackalloc byte[sizeof(long)];
        if (cursor.Length == Base64Url.GetEncodedLength(sizeof(long)) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, number, out var written) && written == sizeof(long))
            return BinaryPrimitives.ReadInt64BigEndian(number);

        throw new ProblemException(Problems.Invalid("cursor", "It is not a cursor that this list gave."));
    }

    public static Page<TItem> Page<TRow, TItem>(this PageQuery query, IReadOnlyList<TRow> oneMore, Func<TRow, long> numberOf, Func<TRow, TItem> itemOf)
    {
        var take = query.Take();
        var items = oneMore.Take(take).Select(itemOf).ToArray();
        if (oneMore.Count <= take)
            return new Page<TItem>(items, Next: null);

        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, numberOf(oneMore[take - 1]));
        return new Page<TItem>(items, Base64Url.EncodeToString(number));
    }

    public static Page<TItem> Page<TRow, TItem>(
        this PageQuery query, IReadOnlyList<TRow> oneMore, Func<TRow, (DateTimeOffset At, Guid Id)> placeOf, Func<TRow, TItem> itemOf)
    {
        var take = query.Take();
        var items = oneMore.Take(take).Select(itemOf).ToArray();
        if (oneMore.Count <= take)
            return new Page<TItem>(items, Next: null);

        var (at, id) = placeOf(oneMore[take - 1]);
        Span<byte> place = stackalloc byte[PlaceBytes];
        BinaryPrimitives.WriteInt64BigEndian(place, at.UtcTicks);
        id.TryWriteBytes(place[sizeof(long)..], bigEndian: true, out _);
        return new Page<TItem>(items, Base64Url.EncodeToString(place));
    }

    public static Page<T> Page<T>(this PageQuery query, IReadOnlyList<T> oneMore, Func<T, Guid> idOf)
    {
        var take = query.Take();
        if (oneMore.Count <= take)
            return new Page<T>(oneMore, Next: null);

        var items = oneMore.Take(take).ToArray();
        return new Page<T>(items, Base64Url.EncodeToString(idOf(items[^1]).ToByteArray(bigEndian: true)));
    }
}
