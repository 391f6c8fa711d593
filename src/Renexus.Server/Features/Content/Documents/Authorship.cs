using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Who wrote which stretch of a text, and in which revision: stretches from its start to its end. It never changes.</summary>
internal sealed class Authorship
{
    /// <summary>What one person writes in a row within so many revisions is one stretch, with the last of them: a text typed key by key stays short.</summary>
    private const int Block = 200;

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

    public static Authorship Read(string json) => new(JsonSerializer.Deserialize<List<AuthoredSpan>>(json, Json.Options)!);

    public string ToJson() => JsonSerializer.Serialize(spans, Json.Options);

    /// <summary>After what was written since.</summary>
    public Authorship After(IEnumerable<StepsRow> steps) => steps.Aggregate(this, static (known, row) =>
        UpdateJson.ReadStored(row.Updates).Aggregate(known, (known, update) => known.After(update.Changes.Shape, row.AuthorId, row.N)));

    private Authorship After(ChangeShape change, Guid? authorId, long n)
    {
        var (result, reader) = (new List<AuthoredSpan>(spans.Count + 2), new SpanReader(spans));
        foreach (var (kept, deleted, inserted) in change.Stretches())
        {
            foreach (var span in reader.Take(kept))
                Add(result, span);
            foreach (var _ in reader.Take(deleted))
            {
                // Gone, with whoever wrote it.
            }
            if (inserted > 0)
                Add(result, new AuthoredSpan(inserted, authorId, n));
        }
        return new Authorship(result);
    }

    private static void Add(List<AuthoredSpan> spans, AuthoredSpan span)
    {
        if (spans.Count > 0 && spans[^1] is var last && last.AuthorId == span.AuthorId && last.N / Block == span.N / Block)
            spans[^1] = last with { Length = last.Length + span.Length, N = Math.Max(last.N, span.N) };
        else
            spans.Add(span);
    }

    internal sealed record StepsRow(long N, Guid? AuthorId, string Updates);

    /// <summary>Gives stretches off, from the start, cut where that is asked for.</summary>
    private sealed class SpanReader(List<AuthoredSpan> spans)
    {
        private int index;
        private int passed;

        public IEnumerable<AuthoredSpan> Take(int length)
        {
            while (length > 0)
            {
                var span = spans[index];
                var piece = Math.Min(length, span.Length - passed);
                length -= piece;
                passed += piece;
                if (passed == span.Length)
                    (index, passed) = (index + 1, 0);
                yield return span with { Length = piece };
            }
        }
    }
}
