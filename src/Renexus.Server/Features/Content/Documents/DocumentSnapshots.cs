using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// Writes texts as wholes, in the transaction that changes them: the newest one, so that reading it costs little, and those of the history with who wrote what, from which any
/// version is rebuilt (docs/spec/documents.md, DC).
/// </summary>
internal sealed class DocumentSnapshots(JobClient jobs, RenexusOptions options, TimeProvider clock)
{
    /// <summary>Of a large text a snapshot is written the less often: so that the history takes in proportion to what was written.</summary>
    private const int UnitsPerStep = 1_000;

    private static readonly Command WriteText = new(
        "content.write_text", "update content.item i set text = $2, text_document = $3, updates_since = 0 where i.id = $1");

    private static readonly Query<AuthorshipRow> Last = new(
        "content.last_authorship", "select s.document, s.authorship::text as authorship from content.snapshot s where s.item_id = $1 order by s.document desc limit 1");

    private static readonly Query<long> LastDocument = new(
        "content.last_snapshot", "select s.document from content.snapshot s where s.item_id = $1 order by s.document desc limit 1");

    private static readonly Command WriteHistory = new(
        "content.write_snapshot",
        "insert into content.snapshot (item_id, document, n, workspace_id, body, authorship) values ($1, $2, $3, $4, $5, $6)");

    /// <summary>Writes what is due, and sees to it that the rest is written soon.</summary>
    public async Task TakeAsync(Work work, Changed changed, CancellationToken cancellationToken)
    {
        var every = options.Content.SnapshotUpdates;
        if (changed.Document - changed.TextDocument >= every)
            await WriteTextAsync(work, changed.ItemId, changed.Text.ToString(), changed.Document, cancellationToken);
        if (IsDue(changed.Document, changed.SnapshotDocument, changed.Text.Length))
            await WriteHistoryAsync(work, changed.ItemId, changed.WorkspaceId, changed.Document, changed.N, changed.Text.ToString(), cancellationToken);
        if (changed.IsFirst)
            await jobs.EnqueueAsync(
                work, DocumentSettling.Kind, new DocumentSettling.Written(changed.ItemId), cancellationToken,
                new JobOptions
                {
                    RunAt = clock.GetUtcNow() + options.Content.SettleAfter,
                    WorkspaceId = changed.WorkspaceId,
                    ForNobody = true,
                    Unique = new UniqueKey($"{DocumentSettling.Kind.Name} {changed.ItemId}") { OnlyWhileWaiting = true },
                });
    }

    /// <summary>After a text was replaced and written as a whole: what the history is due.</summary>
    public async Task TakeWholeAsync(Work work, ItemRow item, string text, CancellationToken cancellationToken)
    {
        if (IsDue(item.Document, await work.QueryFirstAsync(LastDocument, [item.Id], cancellationToken), text.Length))
            await WriteHistoryAsync(work, item.Id, item.WorkspaceId, item.Document, item.Version, text, cancellationToken);
    }

    /// <summary>Writes the newest text.</summary>
    public static Task WriteTextAsync(Work work, Guid itemId, string text, long document, CancellationToken cancellationToken) =>
        work.ExecuteAsync(WriteText, [itemId, text, document], cancellationToken);

    private bool IsDue(long document, long last, int length) => document - last >= Math.Max(options.Content.SnapshotUpdates, length / UnitsPerStep);

    private static async Task WriteHistoryAsync(Work work, Guid itemId, Guid workspaceId, long document, long n, string text, CancellationToken cancellationToken)
    {
        var last = (await work.QueryFirstAsync(Last, [itemId], cancellationToken))!;
        var steps = await work.QueryAsync(Authorship.Since, [itemId, last.Document, document], cancellationToken);
        var authorship = Authorship.Read(last.Authorship).After(steps);
        await work.ExecuteAsync(WriteHistory, [itemId, document, n, workspaceId, text, Arg.Json(authorship.ToJson())], cancellationToken);
    }

    /// <summary>A document after its steps were written.</summary>
    /// <param name="N">The item's version.</param>
    /// <param name="TextDocument">The version whose text was written last.</param>
    /// <param name="SnapshotDocument">The version of the last snapshot of the history.</param>
    /// <param name="IsFirst">Whether the text before these steps was the one written last.</param>
    internal sealed record Changed(Guid ItemId, Guid WorkspaceId, long Document, long N, Rope Text, long TextDocument, long SnapshotDocument, bool IsFirst);

    private sealed record AuthorshipRow(long Document, string Authorship);
}
