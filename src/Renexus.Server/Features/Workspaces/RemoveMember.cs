using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Removes somebody, or lets the one who asks leave (OR-2).</summary>
internal static class RemoveMember
{
    private sealed record Removed(Guid UserId);

    // Everybody may leave, owners are removed by owners alone, and the last one stays.
    private static readonly Query<Removed> Delete = new("workspaces.remove_member", """
        delete from workspaces.membership t
        using workspaces.membership c
        where t.workspace_id = $1 and t.user_id = $3
          and c.workspace_id = t.workspace_id and c.user_id = $2
          and (t.user_id = c.user_id or c.role = any(case when t.role = 'owner' then $5::text[] else $4::text[] end))
          and (t.role <> 'owner' or exists (
            select from workspaces.membership o
            where o.workspace_id = $1 and o.role = 'owner' and o.user_id <> $3))
          and ($6::bigint is null or t.version = $6)
        returning t.user_id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid userId, IfMatch ifMatch, Caller caller, Database database, WorkspaceNotices notices, TimeProvider clock, ILogger<Program> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } workspace)
            return Problems.NotFound("workspace", workspaceId);

        var member = await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken);
        var removed = await work.QueryFirstAsync(
            Delete,
            [
                workspaceId, caller.UserId, userId, Permissions.RolesFor(Permission.ManageMembers),
                Permissions.RolesFor(Permission.ManageOwners), ifMatch.Version,
            ],
            cancellationToken);
        if (removed is null || member is null)
            return await RefuseAsync(work, workspaceId, member, ifMatch, caller, cancellationToken);

        work.AnnounceMember(ChangeOp.Delete, workspaceId, workspace.Name, member, caller.UserId);
        await notices.RemovedAsync(work, workspaceId, workspace.Name, member, caller.UserId, cancellationToken);
        work.Record(AuditActions.MemberRemoved, workspaceId, userId, before: new { member.Role });
        await work.CommitAsync(now);

        logger.MemberRemoved(workspaceId, userId, caller.UserId);
        return TypedResults.NoContent();
    }

    private static async Task<ProblemHttpResult> RefuseAsync(
        Work work, Guid workspaceId, Member? member, IfMatch ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        var isSelf = member?.UserId == caller.UserId;
        var permission = isSelf ? Permission.SeeWorkspace : Permissions.ToManage(member?.Role ?? Roles.Viewer);
        var (problem, _) = await work.ExplainAsync(workspaceId, caller.UserId, permission, cancellationToken);
        if (problem is not null)
            return problem;
        if (member is null)
            return Problems.NotFound("member");

        return ifMatch.Version is { } wanted && wanted != member.Version
            ? Problems.VersionConflict(member)
            : Problems.Conflict("The last owner cannot leave: make somebody else an owner first, or delete the workspace.");
    }
}
