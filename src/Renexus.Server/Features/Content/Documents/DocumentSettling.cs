using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// Some seconds after somebody began to write: the text is written as a whole, and lists, search and programs outside are told that the item changed, once for all that was typed meanwhile.
/// </summary>
internal sealed class DocumentSettling(Database database, WholeTexts texts, TimeProvider clock)
{
    public static readonly JobKind<Written> Kind = new("content.settle", Queues.Analytics) { IsKept = false };

    private static readonly Query<ItemRow> Hold = new(
        "content.hold_settling",
        $"""
        select {ItemRow.Columns}
        from (select i.*, '' as role from content.item i where i.id = $1 and i.deleted_at is null for no key update) v
        left join engine.channel h on h.kind = 4 and h.id = v.id
        """);

    private static readonly Query<Guid?> LastAuthor = new(
        "content.last_author", "select r.author_id from content.revision r where r.item_id = $1 and r.updates is not null order by r.n desc limit 1");

    /// <summary>An item in whose text somebody writes.</summary>
    internal sealed record Written(Guid ItemId);

    public async Task SettleAsync(Written written, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        if (await work.QueryFirstAsync(Hold, [written.ItemId], cancellationToken) is { } item)
        {
            var text = await texts.ReadAsync(work, item, cancellationToken);
            await DocumentSnapshots.WriteTextAsync(work, item.Id, text, item.Document, cancellationToken);
            var author = await work.QueryFirstAsync(LastAuthor, [item.Id], cancellationToken);
            work.AnnounceUpdated(item with { Beginning = text }, item.Fields.HashWith(text), author, cause: null);
        }
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }
}
