using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Who wrote which stretch of a text, and in which revision: stretches from its start to its end. It never changes.</summary>
internal sealed class Authorship
{
    /// <summary>What was written in an item after one version of its document and up to another.</summary>
    public static readonly Query<StepsRow> Since = new(
        "content.authored_steps",
        """
        select r.n, r.author_id, r.updates
        from content.revision r
        where r.item_id = $1 and r.document > $2 and r.document <= $3 and r.updates is not null
        order by r.n
        """);

    private readonly List<AuthoredSpan> spans;

    private Authorship(List<AuthoredSpan> spans) => this.spans = spans;

    public IReadOnlyList<AuthoredSpan> Spans => spans;

    /// <summary>Of a text that one person brought whole, in the first revision.</summary>
    public static Authorship Of(string body, Guid authorId) => new(body.Length == 0 ? [] : [new AuthoredSpan(body.Length, authorId, 1)]);

    /// <summary>As a snapshot keeps it: what <see cref="ToJson"/> wrote, or, of earlier versions, the stretches one by one.</summary>
    public static Authorship Read(string json) =>
        new(json.StartsWith('[') ? JsonSerializer.Deserialize<List<AuthoredSpan>>(json, Json.Options)! : Unpack(JsonSerializer.Deserialize<Packed>(json, Json.Options)!));

    /// <summary>A few bytes for each stretch: as objects 100 000 of them are 9 MB, which the push that writes a snapshot would wait for.</summary>
    public string ToJson()
    {
        var authors = new List<Guid?>();
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var before = 0L;
        foreach (var span in spans)
        {
            var author = authors.IndexOf(span.AuthorId);
            if (author < 0)
            {
                author = authors.Count;
                authors.Add(span.AuthorId);
            }
            writer.Write7BitEncodedInt(span.Length);
            writer.Write7BitEncodedInt(author);
            var difference = span.N - before;
            writer.Write7BitEncodedInt64((difference << 1) ^ (difference >> 63)); // small for small ones of both signs
            before = span.N;
        }
        return JsonSerializer.Serialize(new Packed([.. authors], bytes.ToArray()), Json.Options);
    }

    /// <summary>After what was written since.</summary>
    public Authorship After(IEnumerable<StepsRow> steps)
    {
        var text = new AuthoredText(spans);
        foreach (var row in steps)
        {
            foreach (var update in UpdateJson.ReadStored(row.Updates))
                text.Take(update.Changes.Shape, row.AuthorId, row.N);
        }
        return new Authorship([.. text.Spans]);
    }

    private static List<AuthoredSpan> Unpack(Packed packed)
    {
        var read = new List<AuthoredSpan>();
        using var reader = new BinaryReader(new MemoryStream(packed.Spans));
        var n = 0L;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var (length, author, difference) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
            n += (difference >>> 1) ^ -(difference & 1);
            read.Add(new AuthoredSpan(length, packed.Authors[author], n));
        }
        return read;
    }

    /// <param name="Spans">Of each stretch its length, the place of its author among the authors, and by how much its revision differs from the one before.</param>
    private sealed record Packed(Guid?[] Authors, byte[] Spans);

    internal sealed record StepsRow(long N, Guid? AuthorId, string Updates);
}
