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

    public static Authorship Read(string json) => new(JsonSerializer.Deserialize<List<AuthoredSpan>>(json, Json.Options)!);

    public string ToJson() => JsonSerializer.Serialize(spans, Json.Options);

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

    internal sealed record StepsRow(long N, Guid? AuthorId, string Updates);
}
