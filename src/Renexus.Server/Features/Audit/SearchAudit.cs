using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>Searches a workspace's trail. Reading it is recorded in it.</summary>
internal static class SearchAudit
{
    private const string Select = $"""
        select {AuditRow.Columns}
        from engine.audit_entry e
        where {AuditFilter.Condition}
          and e.workspace_id = $7
          and exists (select from workspaces.member m where m.workspace_id = $7 and m.user_id = $8 and m.role = any ($9))
        """;

    private const string NewestFirst = " order by e.id desc limit $10";

    private static readonly Query<AuditRow> ByTime = new("audit.by_time", Select + NewestFirst);

    // The same with the one filter that selects best made certain, so that its index is used.
    private static readonly Query<AuditRow> ByResource = new("audit.by_resource", Select + " and e.resource_id = $6" + NewestFirst);
    private static readonly Query<AuditRow> ByActor = new("audit.by_actor", Select + " and e.actor_id = $3" + NewestFirst);

    private sealed record MemberRow(string Role);

    private static readonly Query<MemberRow> Member = new("audit.member", "select role from workspaces.member where workspace_id = $1 and user_id = $2");

    public static async Task<Results<Ok<Page<AuditRecord>>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, [AsParameters] AuditQuery query, [AsParameters] PageQuery page, Caller caller, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var filter = AuditFilter.Of(query, page.Cursor);
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await RefuseAsync(work, workspaceId, caller, cancellationToken) is { } refusal)
            return refusal;

        var found = await QueryAsync(work, filter, workspaceId, caller, page.Take() + 1, cancellationToken);
        work.Record(AuditActions.AuditRead, workspaceId, workspaceId, after: AuditFilter.Describe(query));
        await work.CommitAsync(clock.GetUtcNow());

        var (rows, next) = AuditFilter.Cut(found, page.Take());
        return TypedResults.Ok(new Page<AuditRecord>(await AuditRow.PresentAsync(rows, database, cancellationToken), next));
    }

    /// <summary>Strangers learn nothing, members without the right what they lack.</summary>
    public static async Task<ProblemHttpResult?> RefuseAsync(Work work, Guid workspaceId, Caller caller, CancellationToken cancellationToken)
    {
        if (await work.QueryFirstAsync(Member, [workspaceId, caller.UserId], cancellationToken) is not { } member)
            return Problems.NotFound("workspace", workspaceId);

        return Permissions.Allows(member.Role, Permission.ReadAudit)
            ? null
            : Problems.Forbidden($"This takes the role {string.Join(" or ", Permissions.RolesFor(Permission.ReadAudit))}; yours is {member.Role}.");
    }

    public static Task<IReadOnlyList<AuditRow>> QueryAsync(
        Work work, AuditFilter filter, Guid workspaceId, Caller caller, int limit, CancellationToken cancellationToken) =>
        work.QueryAsync(
            filter.ResourceId is not null ? ByResource : filter.Actor is not null ? ByActor : ByTime,
            [.. filter.Args, workspaceId, caller.UserId, Permissions.RolesFor(Permission.ReadAudit), limit],
            cancellationToken);
}
