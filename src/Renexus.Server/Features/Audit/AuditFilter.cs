using System.Buffers.Binary;
using System.Buffers.Text;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Audit;

/// <summary>
/// What is asked for, as parameters from <c>$1</c> on. Entries are ordered by id, newest first, and an id begins with its time: so times and the
/// cursor are both bounds on the id, which the indexes know.
/// </summary>
internal sealed record AuditFilter(Guid? Actor, string? Action, string? Resource, Guid? ResourceId, Guid NotBefore, Guid Before)
{
    /// <summary>The condition that goes with <see cref="Args"/>.</summary>
    public const string Condition = """
        e.id >= $1 and e.id < $2
          and ($3::uuid is null or e.actor_id = $3) and ($4::text is null or e.action = $4)
          and ($5::text is null or e.resource = $5) and ($6::uuid is null or e.resource_id = $6)
        """;

    private const int GuidBytes = 16;

    private static readonly Guid Newest = new(Enumerable.Repeat(byte.MaxValue, GuidBytes).ToArray());

    public Arg[] Args => [NotBefore, Before, Actor, Action, Resource, ResourceId];

    /// <exception cref="ProblemException">The cursor is none of ours (400).</exception>
    public static AuditFilter Of(AuditQuery query, string? cursor)
    {
        var to = query.To is { } time ? FirstIdAt(time) : Newest;
        var before = cursor is { Length: > 0 } ? Decode(cursor) : to;
        return new AuditFilter(
            query.Actor, query.Action, query.Resource, query.ResourceId, query.From is { } from ? FirstIdAt(from) : Guid.Empty, Lesser(before, to));
    }

    /// <summary>The page, and the cursor of the following one; ask the database for one row more than is taken.</summary>
    public static (IReadOnlyList<AuditRow> Rows, string? Next) Cut(IReadOnlyList<AuditRow> oneMore, int take) =>
        oneMore.Count <= take ? (oneMore, null) : ([.. oneMore.Take(take)], Base64Url.EncodeToString(oneMore[take - 1].Id.ToByteArray(bigEndian: true)));

    /// <summary>What was asked, for the entry that says so.</summary>
    public static object Describe(AuditQuery query) => new
    {
        actor = query.Actor,
        action = query.Action,
        resource = query.Resource,
        resourceId = query.ResourceId,
        from = query.From,
        to = query.To,
    };

    private static Guid Decode(string cursor)
    {
        Span<byte> id = stackalloc byte[GuidBytes];
        if (cursor.Length == Base64Url.GetEncodedLength(GuidBytes) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, id, out var written) && written == GuidBytes)
            return new Guid(id, bigEndian: true);

        throw new ProblemException(Problems.Invalid("cursor", "It is not a cursor that this list gave."));
    }

    // UUIDv7: 48 bits of milliseconds, then the version.
    private static Guid FirstIdAt(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[GuidBytes];
        BinaryPrimitives.WriteInt64BigEndian(id, Math.Clamp(time.ToUnixTimeMilliseconds(), 0, (1L << 48) - 1) << 16);
        return new Guid(id, bigEndian: true);
    }

    // As PostgreSQL orders them: byte by byte.
    private static Guid Lesser(Guid a, Guid b) =>
        a.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(b.ToByteArray(bigEndian: true)) <= 0 ? a : b;
}
