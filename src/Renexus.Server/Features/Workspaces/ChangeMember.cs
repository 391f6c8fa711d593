using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class ChangeMember
{
    private sealed record Changed(Guid UserId);

    // Owners are made and unmade by owners alone, and the last one stays.
    private static readonly Query<Changed> Update = new("workspaces.change_member", """
        update workspaces.membership t
        set role = $4, version = t.version + 1, updated_at = $5
        from workspaces.membership c
        where t.workspace_id = $1 and t.user_id = $3
          and c.workspace_id = t.workspace_id and c.user_id = $2
          and c.role = any(case when 'owner' in (t.role, $4) then $7::text[] else $6::text[] end)
          and (t.role <> 'owner' or $4 = 'owner' or exists (
            select from workspaces.membership o
            where o.workspace_id = $1 and o.role = 'owner' and o.user_id <> $3))
          and ($8::bigint is null or t.version = $8)
        returning t.user_id
        """);

    public static async Task<Results<Ok<Member>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid userId, ChangeMemberRequest request, IfMatch ifMatch, Caller caller, HttpResponse response,
        Database database, WorkspaceNotices notices, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } workspace)
            return Problems.NotFound("workspace", workspaceId);

        var before = await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken);
        var changed = await work.QueryFirstAsync(
            Update,
            [
                workspaceId, caller.UserId, userId, request.Role, now, Permissions.RolesFor(Permission.ManageMembers),
                Permissions.RolesFor(Permission.ManageOwners), ifMatch.Version,
            ],
            cancellationToken);
        var member = await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken);
        if (changed is null || member is null)
            return await RefuseAsync(work, workspaceId, member, request.Role!, ifMatch, caller, cancellationToken);

        work.AnnounceMember(ChangeOp.Update, workspaceId, workspace.Name, member, caller.UserId);
        if (before!.Role != member.Role)
            await notices.RoleChangedAsync(work, workspaceId, workspace.Name, member, caller.UserId, cancellationToken);
        work.Record(AuditActions.MemberChanged, workspaceId, userId, new { before.Role }, new { member.Role });
        await work.CommitAsync(now);

        logger.MemberChanged(workspaceId, userId, member.Role, caller.UserId);
        response.SetVersion(member.Version);
        return TypedResults.Ok(member);
    }

    private static async Task<ProblemHttpResult> RefuseAsync(
        Work work, Guid workspaceId, Member? member, string role, IfMatch ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        var permission = member?.Role == Roles.Owner ? Permission.ManageOwners : Permissions.ToManage(role);
        var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, permission, cancellationToken);
        if (problem is not null)
            return problem;
        if (member is null)
            return Problems.NotFound("member");

        return ifMatch.Version is { } wanted && wanted != member.Version
            ? Problems.VersionConflict(member)
            : Problems.Conflict("The last owner stays one: make somebody else an owner first.");
    }
}
