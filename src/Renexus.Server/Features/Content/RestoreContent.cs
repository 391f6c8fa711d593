using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>Brings an item back from the trash, as it was.</summary>
internal static class RestoreContent
{
    private static readonly Command Restore = new(
        "content.restore",
        """
        update content.item i set deleted_at = null, version = i.version + 1, updated_at = $4
        from content.trashed v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($3) and i.id = v.id and i.deleted_at is not null
        """);

    public static async Task<IResult> HandleAsync(
        Guid contentId, Caller caller, HttpResponse response, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await DeleteContent.FindTrashedAsync(work, contentId, caller.UserId, cancellationToken) is not { } trashed)
        {
            // Who asks twice, or at once with somebody else, wanted what is there now.
            return await GetContent.FindAsync(database, contentId, caller.UserId, cancellationToken) is not var (there, whole) ? Problems.NotFound("content", contentId)
                : Permissions.Allows(there.Role, Permission.WriteContent) ? Answer(response, there, whole)
                : Refused;
        }
        if (!Permissions.Allows(trashed.Role, Permission.WriteContent))
            return Refused;
        if (await work.ExecuteAsync(Restore, [contentId, caller.UserId, Permissions.RolesFor(Permission.WriteContent), now], cancellationToken) == 0)
            return Problems.Conflict("Somebody else has just brought it back, or removed it.");
        var item = trashed with { Version = trashed.Version + 1, UpdatedAt = now, DeletedAt = null };
        await Revisions.AddAsync(work, item, caller.UserId, now, updates: null, item.Fields, ["restored"], cancellationToken);
        var body = await ItemText.HeadAsync(work, contentId, cancellationToken);
        work.AnnounceBack(item, caller.UserId);
        work.RecordContent(AuditActions.ContentRestored, item, before: null, after: item.Fields);
        var placed = await work.CommitAsync(now);
        return Answer(response, item with { Head = placed.Single(change => change.Channel == Channels.Content(contentId)).Version }, body);
    }

    private static ProblemHttpResult Refused => TypedResults.Problem(ContentRules.MayNotWrite);

    private static Ok<ContentItem> Answer(HttpResponse response, ItemRow item, string body)
    {
        response.SetVersion(item.Version);
        return TypedResults.Ok(item.ToItem(body));
    }
}
