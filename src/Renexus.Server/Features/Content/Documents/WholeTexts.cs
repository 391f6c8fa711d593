using Renexus.Engine.Storage;
using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// Reads and replaces an item's text as a whole, in a transaction that holds the item's row. A replacement is a step like those that are pushed (CN2, SY5): whoever writes in it at
/// this moment goes on, and its history has snapshots as often as theirs (DC10).
/// </summary>
internal sealed class WholeTexts(OpenDocuments open, DocumentSnapshots snapshots)
{
    private static readonly Command Replace = new(
        "content.replace_text", "update content.item i set text = $2, text_document = $3, updates_since = 0, document = $3 where i.id = $1");

    /// <summary>The text as it is: as this node holds it, or from what is stored.</summary>
    public async Task<string> ReadAsync(Work work, ItemRow item, CancellationToken cancellationToken) =>
        open.TextAt(item.Id, item.Document)?.ToString() ?? await ItemText.HeadAsync(work, item.Id, cancellationToken);

    /// <summary>Sets the text and tells of it; <see cref="NoteAsync"/> is to follow when the revision is written.</summary>
    public static async Task<Replaced> SetAsync(Work work, ItemRow item, string before, string after, Guid authorId, CancellationToken cancellationToken)
    {
        var document = item.Document + 1;
        await work.ExecuteAsync(Replace, [item.Id, after, document], cancellationToken);
        var step = new DocumentUpdate($"{UpdateJson.ServerPrefix}{Guid.CreateVersion7():n}", ChangeSet.Between(before, after));
        work.AnnounceStep(item.WorkspaceId, item.Id, item.Document, step, authorId, cause: null);
        return new Replaced(document, UpdateJson.Write([step]));
    }

    /// <summary>Writes a snapshot for the history, when one is due.</summary>
    /// <param name="item">As it is after the change, whose revision is written.</param>
    public Task NoteAsync(Work work, ItemRow item, string text, CancellationToken cancellationToken) => snapshots.TakeWholeAsync(work, item, text, cancellationToken);

    /// <param name="Document">The version of the text now.</param>
    /// <param name="Updates">As JSON.</param>
    internal sealed record Replaced(long Document, string Updates);
}
