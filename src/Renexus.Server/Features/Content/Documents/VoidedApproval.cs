using Renexus.Contracts;
using Renexus.Engine.Audit;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>An approval that a push takes back, in the push's own transaction (CN7).</summary>
internal sealed record VoidedApproval(ItemRow Before, ContentFields After, DocumentPush Push)
{
    private static readonly Query<ItemRow> Find = new("content.pushed_item", ItemRow.Select + "where v.id = $1 and v.viewer_id = $2");

    public Guid ItemId => Before.Id;

    /// <summary>What is to be written, of an item that is approved and held.</summary>
    public static async Task<VoidedApproval> OfAsync(Work work, DocumentPush push, CancellationToken cancellationToken)
    {
        var item = (await work.QueryFirstAsync(Find, [push.ItemId, push.AuthorId], cancellationToken))!;
        return new VoidedApproval(item, item.Fields with { Status = ContentStatuses.Draft, ApprovedBy = null, ApprovedAt = null, ApprovedHash = null }, push);
    }

    /// <summary>Tells of it, after it was written.</summary>
    public async Task TellAsync(Work work, ContentNotices notices, string text, CancellationToken cancellationToken)
    {
        var item = (await work.QueryFirstAsync(Find, [ItemId, Push.AuthorId], cancellationToken))!;
        await notices.TellAsync(work, item, Before.Fields, Push.AuthorId, cancellationToken);
        work.AnnounceUpdated(item, After.HashWith(text), Push.AuthorId, cause: null);
        // The pushes of a batch come from different places.
        var around = Origin.Current;
        Origin.Current = Push.Origin;
        work.RecordContent(AuditActions.ContentApprovalVoided, item, Before.Fields, After, (Before.Document, item.Document));
        Origin.Current = around;
    }
}
