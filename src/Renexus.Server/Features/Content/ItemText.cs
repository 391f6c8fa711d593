using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Features.Content.Documents;

namespace Renexus.Server.Features.Content;

/// <summary>
/// The text of an item: a snapshot and the updates after it, each the JSON of a CodeMirror ChangeSet. It is read here; whoever is going to
/// replace it does both by <see cref="WholeTexts"/>.
/// </summary>
internal static class ItemText
{
    /// <summary>What a text is made of, of a viewer's item called <c>v</c>: in the statement that reads the item, so that both are of one moment.</summary>
    public const string Columns = """
        v.text as snapshot, array(
          select r.updates from content.revision r
          where r.item_id = v.id and r.document > v.text_document and r.updates is not null order by r.document) as updates
        """;

    private static readonly Query<PartsRow> AtHead = new("content.text", $"select {Columns} from content.item v where v.id = $1");

    private static readonly Query<PartsRow> AtDocument = new(
        "content.text_at",
        """
        select s.body as snapshot, array(
          select r.updates from content.revision r
          where r.item_id = s.item_id and r.document > s.document and r.document <= $2 and r.updates is not null order by r.document) as updates
        from content.snapshot s
        where s.item_id = $1 and s.document <= $2
        order by s.document desc
        limit 1
        """);

    private static readonly Query<PartsRow> AtVersion = new(
        "content.text_at_version",
        """
        select s.body as snapshot, array(
          select r.updates from content.revision r
          where r.item_id = s.item_id and r.document > s.document and r.n <= $2 and r.updates is not null order by r.document) as updates
        from content.snapshot s
        where s.item_id = $1 and s.n <= $2
        order by s.document desc
        limit 1
        """);

    /// <summary>The text as it is; whoever is going to change it holds the item's row.</summary>
    public static async Task<string> HeadAsync(Work work, Guid itemId, CancellationToken cancellationToken) =>
        (await work.QueryFirstAsync(AtHead, [itemId], cancellationToken))!.Read();

    /// <summary>The text at a version of the document.</summary>
    public static async Task<string> AtAsync(Database database, Guid userId, Guid itemId, long document, CancellationToken cancellationToken) =>
        (await database.QueryFirstAsync(Scope.Of(userId), AtDocument, [itemId, document], cancellationToken))!.Read();

    /// <summary>The text at a version of the item; null before its first.</summary>
    public static async Task<string?> AtVersionAsync(Work work, Guid itemId, long version, CancellationToken cancellationToken) =>
        (await work.QueryFirstAsync(AtVersion, [itemId, version], cancellationToken))?.Read();

    /// <summary>Line breaks as the document has them.</summary>
    public static string Normalize(string text) => text.Contains('\r', StringComparison.Ordinal)
        ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
        : text;

    internal sealed record PartsRow(string Snapshot, string[] Updates)
    {
        public string Read() => Updates.Length == 0 ? Snapshot : Updates.SelectMany(ReadChanges).Aggregate(Rope.Of(Snapshot), (text, change) => text.Apply(change)).ToString();
    }

    /// <summary>The changes of what was pushed, in order.</summary>
    public static IReadOnlyList<ChangeSet> ReadChanges(string updates) => [.. UpdateJson.ReadStored(updates).Select(update => update.Changes)];
}
