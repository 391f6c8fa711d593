using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content;

/// <summary>Changes an item's fields, its whole text, its status: what comes together is one version and one revision.</summary>
internal static class UpdateContent
{
    // Whoever changes it at the same time waits, so that what is decided is decided on what is there: an approval and a change never pass each other.
    private static readonly Command Lock = new(
        "content.lock",
        """
        select from content.item i
        where i.id = $1 and exists (select from content.visible v where v.id = i.id and v.viewer_id = $2 and v.role = any ($3))
        for no key update
        """);

    private static readonly Query<ItemRow> Find = new("content.find", ItemRow.Select + "where v.id = $1 and v.viewer_id = $2");

    private static readonly Command Update = new(
        "content.update",
        """
        update content.item i
        set kind = $5, status = $6, title = $7, labels = $8, assignee_id = $9, media = $10, variants = $11, planned_at = $12, thread_id = $13,
            approved_by = $14, approved_at = $15, approved_hash = $16, version = i.version + 1, updated_at = $17
        from content.visible v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($3) and i.id = v.id and i.version = $4
        """);

    /// <param name="base">The version that the change is based on; null when any will do.</param>
    /// <param name="merge">Makes another request of it, knowing what the item and its text are now; null leaves the item as it is.</param>
    /// <param name="heldBefore">Files that went with it once, and may have gone since.</param>
    public static async Task<Outcome<ChangedContent>> RunAsync(
        Guid contentId, PatchContentRequest request, long? @base, Guid userId, string? cause, Database database, WholeTexts texts, ContentNotices notices,
        RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken, Func<Work, ItemRow, string, Task<PatchContentRequest?>>? merge = null,
        IReadOnlyList<ContentMedia>? heldBefore = null)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await FindLockedAsync(work, contentId, userId, cancellationToken)).Failed(out var problem, out var item))
            return problem;
        var body = await texts.ReadAsync(work, item, cancellationToken);
        if (@base is { } version && version != item.Version)
            return Problems.VersionConflict(item.ToItem(body));
        if (merge is not null)
        {
            if (await merge(work, item, body) is not { } merged)
                return new CodedProblem(ProblemCode.Conflict, "It was changed meanwhile.");
            request = merged;
        }
        if (ContentRules.RefusalOf(request.Body, options.Content.BodyCharacters) is { } tooLong)
            return tooLong;

        var before = item.Fields;
        if (request.Status is ContentStatuses.Approved && !Permissions.Allows(item.Role, Permission.ApproveContent))
            return new CodedProblem(ProblemCode.Forbidden, "Owners and admins approve; ask one of them.");
        if (ContentChange.Decide(before, body, request, isBound: @base is not null, userId, now).Failed(out problem, out var change))
        {
            if (problem.Code == ProblemCode.Conflict)
                problem.Extensions["current"] = item.ToItem(body);
            return problem;
        }
        if (change.Changed.Count == 0)
            return new ChangedContent(item, body, Version: item.Head);
        if (await RefusalAsync(work, item.WorkspaceId, before, change, [.. before.Media, .. heldBefore ?? []], cancellationToken) is { } missing)
            return missing;

        var after = change.Fields;
        var updated = await work.ExecuteAsync(
            Update,
            [contentId, userId, Permissions.RolesFor(change.IsApproval(before) ? Permission.ApproveContent : Permission.WriteContent), item.Version,
             after.Kind, after.Status, after.Title, after.Labels, after.AssigneeId, Arg.Json(ContentFields.Write(after.Media)), Arg.Json(ContentFields.Write(after.Variants)),
             after.PlannedAt, after.ThreadId, after.ApprovedBy, after.ApprovedAt, after.ApprovedHash, now],
            cancellationToken);
        if (updated == 0)
            return ContentRules.Missing(contentId);
        var pushed = change.Body is null ? null : await WholeTexts.SetAsync(work, item, body, change.Body, userId, cancellationToken);
        var changed = (await work.QueryFirstAsync(Find, [contentId, userId], cancellationToken))!;
        var isOnlyText = change.Changed is ["body"];
        await Revisions.AddAsync(work, changed, userId, now, pushed?.Updates, isOnlyText ? null : after, [.. change.Changed], cancellationToken);

        var text = change.Body ?? body;
        if (pushed is not null)
            await texts.NoteAsync(work, changed, text, cancellationToken);
        await notices.TellAsync(work, changed, before, userId, cancellationToken);
        work.AnnounceUpdated(changed, after.HashWith(text), userId, cause);
        work.RecordContent(ActionOf(before, change), changed, before, after, pushed is null ? null : (item.Document, pushed.Document));
        var place = (await work.CommitAsync(now)).Last(one => one.Channel == Channels.Content(contentId));
        return new ChangedContent(changed with { Head = place.Version, Epoch = place.Epoch }, text, place.Version);
    }

    public static async Task<IResult> HandleAsync(
        Guid contentId, PatchContentRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, WholeTexts texts,
        ContentNotices notices, RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(contentId, request, ifMatch.Version, caller.UserId, cause: null, database, texts, notices, options, clock, cancellationToken);
        return Answer(outcome, response);
    }

    public static IResult Answer(Outcome<ChangedContent> outcome, HttpResponse response)
    {
        if (outcome.Failed(out var problem, out var changed))
            return TypedResults.Problem(problem);
        response.SetVersion(changed.Item.Version);
        return TypedResults.Ok(changed.Item.ToItem(changed.Body));
    }

    /// <summary>The item, held by this transaction, if this person may change it.</summary>
    public static async Task<Outcome<ItemRow>> FindLockedAsync(Work work, Guid contentId, Guid userId, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(Lock, [contentId, userId, Permissions.RolesFor(Permission.WriteContent)], cancellationToken);
        if (await work.QueryFirstAsync(Find, [contentId, userId], cancellationToken) is not { } item)
            return ContentRules.Missing(contentId);
        return Permissions.Allows(item.Role, Permission.WriteContent)
            ? item
            : ContentRules.MayNotWrite;
    }

    // What stays as it is may have gone meanwhile; that is not this request's to answer for.
    private static Task<CodedProblem?> RefusalAsync(
        Work work, Guid workspaceId, ContentFields before, ContentChange change, IReadOnlyList<ContentMedia> held, CancellationToken cancellationToken) =>
        ContentRules.RefusalOfReferencesAsync(
            work, workspaceId, change.Has("assignee") ? change.Fields.AssigneeId : null,
            change.Has("thread") ? change.Fields.ThreadId : null, change.Has("media") ? change.Fields.Media : null, held,
            cancellationToken);

    private static AuditAction ActionOf(ContentFields before, ContentChange change) =>
        change.VoidsApproval ? AuditActions.ContentApprovalVoided
        : change.IsApproval(before) ? AuditActions.ContentApproved
        : AuditActions.ContentUpdated;

    /// <summary>An item after a change.</summary>
    /// <param name="Version">Its channel's.</param>
    internal sealed record ChangedContent(ItemRow Item, string Body, long Version);
}
