using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>What leaves as a file: a workspace's items (WH-3), and a person's own writing in them (OR-4).</summary>
internal static class ContentParts
{
    /// <summary>Texts may be long, so there are few in memory at once.</summary>
    private const int ItemsAtOnce = 20;

    private const int RevisionsAtOnce = 500;

    private static readonly Query<long> ItemsSize = new(
        "content.export_size", "select count(*) from content.item v where v.workspace_id = $1 and v.deleted_at is null");

    private static readonly Query<ItemLine> ItemsPage = new(
        "content.export",
        $"""
        select v.id, v.kind, v.status, v.title, v.labels, v.assignee_id, v.media::text as media, v.variants::text as variants, v.planned_at, v.approved_by, v.approved_at,
               v.version, v.document, v.created_by, v.created_at, v.updated_at, {ItemText.Columns}
        from content.item v
        where v.workspace_id = $1 and v.id > $2 and v.deleted_at is null
        order by v.id
        limit $3
        """);

    private static readonly Query<OwnRevision> OwnPage = new(
        "content.own_revisions", "select item_id, n, title, created_at, changed, updates from content.own_revisions($1, $2, $3)");

    public static readonly WorkspaceData Export = new("content", "Content items with their texts. What is in the trash is not among them.", ItemsSize, ReadItemsAsync);

    public static readonly PersonalData Own = new("contentRevisions", IsOne: false, ReadOwnAsync);

    private static async IAsyncEnumerable<object> ReadItemsAsync(Work work, Guid workspaceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var rows = await work.QueryAsync(ItemsPage, [workspaceId, after, ItemsAtOnce], cancellationToken);
            foreach (var row in rows)
                yield return row.Show();
            if (rows.Count < ItemsAtOnce)
                yield break;
            after = rows[^1].Id;
        }
    }

    private static async IAsyncEnumerable<object> ReadOwnAsync(IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var (item, n) = (Guid.Empty, 0L);
        while (true)
        {
            var rows = await database.QueryAsync(Scope.Of(userId), OwnPage, [item, n, RevisionsAtOnce], cancellationToken);
            foreach (var row in rows)
                yield return row.Show();
            if (rows.Count < RevisionsAtOnce)
                yield break;
            (item, n) = (rows[^1].ItemId, rows[^1].N);
        }
    }

    private sealed record ItemLine(
        Guid Id, string Kind, string Status, string Title, string[] Labels, Guid? AssigneeId, string Media, string Variants, DateTimeOffset? PlannedAt,
        Guid? ApprovedBy, DateTimeOffset? ApprovedAt, long Version, long Document, Guid? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
        string Snapshot, string[] Updates)
    {
        public object Show() => new
        {
            Id,
            Kind,
            Status,
            Title,
            body = new ItemText.PartsRow(Snapshot, Updates).Read(),
            Labels,
            AssigneeId,
            media = ContentFields.Read<Contracts.ContentMedia>(Media),
            variants = ContentFields.Read<Contracts.ContentVariant>(Variants),
            PlannedAt,
            ApprovedBy,
            ApprovedAt,
            Version,
            Document,
            CreatedBy,
            CreatedAt,
            UpdatedAt,
        };
    }

    private sealed record OwnRevision(Guid ItemId, long N, string Title, DateTimeOffset CreatedAt, string[] Changed, string? Updates)
    {
        public object Show() => new
        {
            contentId = ItemId,
            N,
            Title,
            CreatedAt,
            Changed,
            updates = Updates is null ? (System.Text.Json.JsonElement?)null : System.Text.Json.JsonElement.Parse(Updates),
        };
    }
}
