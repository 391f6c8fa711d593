using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Threads;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>Puts an item into the trash; from there an admin removes it for good.</summary>
internal static class DeleteContent
{
    private static readonly Command Trash = new(
        "content.trash",
        """
        update content.item i set deleted_at = $4, version = i.version + 1, updated_at = $4
        from content.visible v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($3) and i.id = v.id
        """);

    private static readonly Command Remove = new(
        "content.remove",
        """
        delete from content.item i using content.trashed v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($3) and i.id = v.id and ($4::bigint is null or i.version = $4)
        """);

    private static readonly Query<ItemRow> Trashed = new("content.trashed", ItemRow.SelectTrashed + "where v.id = $1 and v.viewer_id = $2");

    public static async Task<Outcome<ItemRow>> RunAsync(
        Guid contentId, long? @base, Guid userId, string? cause, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await UpdateContent.FindLockedAsync(work, contentId, userId, cancellationToken)).Failed(out var problem, out var item))
            return problem;
        if (@base is { } version && version != item.Version)
            return Problems.VersionConflict(item.ToItem(await ItemText.HeadAsync(work, contentId, cancellationToken)));
        await work.ExecuteAsync(Trash, [contentId, userId, Permissions.RolesFor(Permission.WriteContent), now], cancellationToken);
        var trashed = item with { Version = item.Version + 1, UpdatedAt = now, DeletedAt = now };
        await Revisions.AddAsync(work, trashed, userId, now, updates: null, trashed.Fields, ["trashed"], cancellationToken);
        await ContentNotices.WithdrawAsync(work, contentId, cancellationToken);
        work.AnnounceTrashed(trashed, userId, cause);
        work.RecordContent(AuditActions.ContentDeleted, trashed, item.Fields, after: null);
        var placed = await work.CommitAsync(now);
        var place = placed.Single(change => change.Channel == Channels.Content(contentId));
        return trashed with { Head = place.Version, Epoch = place.Epoch };
    }

    /// <param name="permanently">Removes what is in the trash for good, with its history; admins may.</param>
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid contentId, bool? permanently, IfMatch ifMatch, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (permanently is true)
            return await RemoveAsync(contentId, ifMatch.Version, caller.UserId, database, clock, cancellationToken) is { } refusal ? TypedResults.Problem(refusal) : TypedResults.NoContent();
        var outcome = await RunAsync(contentId, ifMatch.Version, caller.UserId, cause: null, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out _) ? TypedResults.Problem(problem) : TypedResults.NoContent();
    }

    /// <summary>Nobody is told: to everybody it has been gone since it was put into the trash.</summary>
    private static async Task<CodedProblem?> RemoveAsync(
        Guid contentId, long? @base, Guid userId, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await FindTrashedAsync(work, contentId, userId, cancellationToken) is not { } item)
        {
            return (await UpdateContent.FindLockedAsync(work, contentId, userId, cancellationToken)).Failed(out var problem, out _)
                ? problem
                : new CodedProblem(ProblemCode.Conflict, "Put it into the trash first; only from there it is removed for good.");
        }
        if (!Permissions.Allows(item.Role, Permission.DeleteContent))
            return new CodedProblem(ProblemCode.Forbidden, "Owners and admins remove for good; ask one of them.");
        if (await work.ExecuteAsync(Remove, [contentId, userId, Permissions.RolesFor(Permission.DeleteContent), @base], cancellationToken) == 0)
            return (CodedProblem)Problems.VersionConflict(item.ToSummary()).ProblemDetails;
        await AttachedThreads.RemoveAsync(work, contentId, cancellationToken);
        work.RecordContent(AuditActions.ContentRemoved, item, item.Fields, after: null);
        await work.CommitAsync(clock.GetUtcNow());
        return null;
    }

    internal static Task<ItemRow?> FindTrashedAsync(Work work, Guid contentId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(Trashed, [contentId, userId], cancellationToken);
}
