using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

internal static class GetContent
{
    // Item, text and channel in one statement, so that they are of one moment.
    private static readonly Query<WholeRow> ById = new(
        "content.get",
        $"select {ItemRow.Columns}, {ItemText.Columns} from content.visible v left join engine.channel h on h.kind = 4 and h.id = v.id where v.id = $1 and v.viewer_id = $2");

    private static readonly Query<WholeRow> InTrash = new(
        "content.get_trashed",
        $"select {ItemRow.Columns}, {ItemText.Columns} from content.trashed v left join engine.channel h on h.kind = 4 and h.id = v.id where v.id = $1 and v.viewer_id = $2");

    public static async Task<(ItemRow Item, string Body)?> FindAsync(
        Database database, Guid contentId, Guid userId, CancellationToken cancellationToken, bool isInTrash = false) =>
        await database.QueryFirstAsync(Scope.Of(userId), isInTrash ? InTrash : ById, [contentId, userId], cancellationToken) is { } row
            ? (row.ToItem(), new ItemText.PartsRow(row.Snapshot, row.Updates).Read())
            : null;

    /// <param name="trash">Look in the trash, and only there.</param>
    public static async Task<Results<Ok<ContentItem>, ProblemHttpResult>> HandleAsync(
        Guid contentId, bool? trash, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        if (await FindAsync(database, contentId, caller.UserId, cancellationToken, trash ?? false) is not var (item, body))
            return Problems.NotFound("content", contentId);
        response.SetVersion(item.Version);
        return TypedResults.Ok(item.ToItem(body));
    }

    private sealed record WholeRow(
        Guid Id, Guid WorkspaceId, string Kind, string Status, string Title, string[] Labels, Guid? AssigneeId, string Media, string Variants,
        DateTimeOffset? PlannedAt, Guid? ThreadId, Guid? ApprovedBy, DateTimeOffset? ApprovedAt, string? ApprovedHash, long Version, long Document,
        string Beginning, Guid? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt, string Role, long Head, long Epoch,
        string Snapshot, string[] Updates)
    {
        public ItemRow ToItem() => new(
            Id, WorkspaceId, Kind, Status, Title, Labels, AssigneeId, Media, Variants, PlannedAt, ThreadId, ApprovedBy, ApprovedAt, ApprovedHash, Version,
            Document, Beginning, CreatedBy, CreatedAt, UpdatedAt, DeletedAt, Role, Head, Epoch);
    }
}
