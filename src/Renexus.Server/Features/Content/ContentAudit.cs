using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Content;

/// <summary>What the audit trail keeps of items: their fields. Of the text it says only that it changed; what was written stands in the history.</summary>
internal static class ContentAudit
{
    public static void RecordContent(
        this Work work, AuditAction action, ItemRow item, ContentFields? before, ContentFields? after, (long Before, long After)? document = null) =>
        work.Record(action, item.WorkspaceId, item.Id, Describe(before, document?.Before), Describe(after, document?.After));

    private static object? Describe(ContentFields? item, long? document) => item is null ? null : new
    {
        item.Title,
        item.Kind,
        item.Status,
        item.Labels,
        item.AssigneeId,
        item.PlannedAt,
        item.ThreadId,
        media = item.Media.Select(file => file.FileId),
        platforms = item.Variants.Select(variant => variant.Platform),
        item.ApprovedHash,
        document,
    };
}
