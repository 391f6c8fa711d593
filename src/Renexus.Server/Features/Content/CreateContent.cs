using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content;

/// <summary>Makes an item with its first text: revision 1, version 0 of the document.</summary>
internal static class CreateContent
{
    private static readonly Command Insert = new(
        "content.create",
        """
        insert into content.item
          (id, workspace_id, kind, status, title, labels, assignee_id, media, variants, planned_at, thread_id, text, created_by, created_at, updated_at)
        select $1, m.workspace_id, $4, $15, $5, $6, $7, $8, $9, $10, $11, $12, m.user_id, $13, $13
        from workspaces.member m
        where m.workspace_id = $2 and m.user_id = $3 and m.role = any ($14)
        on conflict (id) do nothing
        """);

    private static readonly Command InsertSnapshot = new(
        "content.create_snapshot",
        """
        insert into content.snapshot (item_id, document, n, workspace_id, body, authorship)
        values ($1, 0, 1, $2, $3, $4)
        """);

    private static readonly Query<ItemRow> Created = new("content.created", ItemRow.Select + "where v.id = $1 and v.viewer_id = $2");

    private static readonly Query<string> RoleIn = new(
        "content.role_in", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    /// <summary>What is wrong with it, as far as it says itself.</summary>
    public static CodedProblem? RefusalOf(CreateContentRequest request, RenexusOptions options) =>
        ContentRules.Labels(request.Labels ?? []).Problem ?? ContentRules.RefusalOf(request.Variants) ?? ContentRules.RefusalOf(request.Body, options.Content.BodyCharacters);

    /// <summary>Why this person makes no item there.</summary>
    public static async Task<CodedProblem?> RefusalToAsync(Database database, Guid workspaceId, Guid userId, CancellationToken cancellationToken) =>
        RefusalTo(await database.QueryFirstAsync(Scope.Of(userId), RoleIn, [workspaceId, userId], cancellationToken), workspaceId);

    public static async Task<Outcome<CreatedContent>> RunAsync(
        Guid workspaceId, CreateContentRequest request, Guid userId, string? cause, Database database, ContentNotices notices, RenexusOptions options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (RefusalOf(request, options) is { } refusal)
            return refusal;
        var labels = ContentRules.Labels(request.Labels ?? []).Value!;
        var now = clock.GetUtcNow();
        var id = request.Id ?? Guid.CreateVersion7(now);
        var body = ItemText.Normalize(request.Body ?? "");
        var (media, variants) = (ContentFields.Write(request.Media), ContentFields.Write(request.Variants));

        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        int inserted;
        try
        {
            inserted = await work.ExecuteAsync(
                Insert,
                [id, workspaceId, userId, request.Kind, request.Title!.Trim(), labels, request.AssigneeId, Arg.Json(media), Arg.Json(variants), request.PlannedAt,
                 request.ThreadId, body, now, Permissions.RolesFor(Permission.WriteContent),
                 request.Status ?? ContentStatuses.Draft],
                cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            // The id belongs to an item of a workspace that this person does not see.
            return Taken(id);
        }
        catch (PostgresException e) when (e.ConstraintName is "item_assignee_id_fkey" or "item_thread_id_fkey")
        {
            return e.ConstraintName is "item_thread_id_fkey" ? ContentRules.NoThread : ContentRules.NoMember;
        }
        if (inserted == 0)
            return await ExplainAsync(work, id, workspaceId, userId, cancellationToken);
        if (await ContentRules.RefusalOfReferencesAsync(work, workspaceId, request.AssigneeId, request.ThreadId, request.Media, held: [], cancellationToken) is { } missing)
            return missing;

        await work.ExecuteAsync(InsertSnapshot, [id, workspaceId, body, Arg.Json(Authorship.Of(body, userId).ToJson())], cancellationToken);
        var item = (await work.QueryFirstAsync(Created, [id, userId], cancellationToken))!;
        await Revisions.AddAsync(work, item, userId, now, updates: null, item.Fields, ["created"], cancellationToken);
        await notices.TellAsync(work, item, before: null, userId, cancellationToken);
        work.AnnounceCreated(item, userId, cause);
        work.RecordContent(AuditActions.ContentCreated, item, before: null, after: item.Fields);
        var placed = await work.CommitAsync(now);
        return new CreatedContent(item, body, placed.Single(change => change.Channel == Channels.Workspace(workspaceId)).Version);
    }

    public static async Task<IResult> HandleAsync(
        Guid workspaceId, CreateContentRequest request, Caller caller, HttpResponse response, Database database, ContentNotices notices, RenexusOptions options,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        return Answer(await RunAsync(workspaceId, request, caller.UserId, cause: null, database, notices, options, clock, cancellationToken), response);
    }

    /// <summary>As the answer to whoever asked for it.</summary>
    public static IResult Answer(Outcome<CreatedContent> outcome, HttpResponse response)
    {
        if (outcome.Failed(out var problem, out var created))
            return TypedResults.Problem(problem);
        response.SetVersion(created.Item.Version);
        return TypedResults.Created($"/api/content/{created.Item.Id}", created.Item.ToItem(created.Body));
    }

    private static async Task<Outcome<CreatedContent>> ExplainAsync(Work work, Guid id, Guid workspaceId, Guid userId, CancellationToken cancellationToken)
    {
        if (RefusalTo(await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken), workspaceId) is { } refusal)
            return refusal;
        var known = await work.QueryFirstAsync(Created, [id, userId], cancellationToken);
        return known is not null && known.WorkspaceId == workspaceId && known.CreatedBy == userId
            ? new CreatedContent(known, await ItemText.HeadAsync(work, id, cancellationToken), Version: 0)
            : Taken(id);
    }

    private static CodedProblem? RefusalTo(string? role, Guid workspaceId) =>
        role is null ? new CodedProblem(ProblemCode.NotFound, $"There is no workspace {workspaceId}.")
        : Permissions.Allows(role, Permission.WriteContent) ? null
        : ContentRules.MayNotWrite;

    /// <summary>An item that exists now.</summary>
    /// <param name="Version">The place of its announcement on the workspace's channel; 0 when there is none.</param>
    internal sealed record CreatedContent(ItemRow Item, string Body, long Version);

    private static CodedProblem Taken(Guid id) => new(ProblemCode.Conflict, $"The id {id} belongs to something else; make a new one.");
}
