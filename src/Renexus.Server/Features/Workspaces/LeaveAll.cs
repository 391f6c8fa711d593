using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Takes a person whose account ends out of all workspaces; the last owner of one must first give it away or delete it (OR-2).</summary>
internal static class LeaveAll
{
    private sealed record Place(Guid Id, string Name, bool IsLastOwner);

    private sealed record Left(Guid WorkspaceId);

    // As every change of who belongs to a workspace: one after the other, and always in the same order.
    private static readonly Command LockAll = new("workspaces.lock_all", """
        select from workspaces.workspace w
        where w.deleted_at is null and w.id in (select m.workspace_id from workspaces.membership m where m.user_id = $1)
        order by w.id
        for no key update
        """);

    private static readonly Query<Place> Places = new("workspaces.places_left", """
        select w.id, w.name, m.role = 'owner' and not exists (
          select from workspaces.membership o
          where o.workspace_id = w.id and o.role = 'owner' and o.user_id <> $1) as is_last_owner
        from workspaces.membership m
        join workspaces.workspace w on w.id = m.workspace_id and w.deleted_at is null
        where m.user_id = $1
        order by w.id
        """);

    private static readonly Query<Left> Leave = new("workspaces.leave_all", """
        delete from workspaces.membership m
        using workspaces.workspace w
        where m.user_id = $1 and w.id = m.workspace_id and w.deleted_at is null
        returning m.workspace_id
        """);

    public static async Task<CodedProblem?> RunAsync(Work work, Guid userId, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(LockAll, [userId], cancellationToken);
        var places = await work.QueryAsync(Places, [userId], cancellationToken);
        var owned = places.Where(place => place.IsLastOwner).ToArray();
        if (owned.Length > 0)
        {
            var problem = new CodedProblem(
                ProblemCode.Conflict,
                $"You are the last owner of {string.Join(", ", owned.Select(place => $"\"{place.Name}\""))}: make somebody else the owner, or delete the workspace.");
            problem.Extensions["workspaces"] = owned.Select(place => new { place.Id, place.Name }).ToArray();
            return problem;
        }

        foreach (var left in await work.QueryAsync(Leave, [userId], cancellationToken))
        {
            work.AnnounceToWorkspace(left.WorkspaceId, ChangeOp.Delete, "member", userId, new { userId }, userId);
            // From where is nobody's business once the account is gone.
            work.Record(Auditing.Entry(AuditActions.MemberRemoved, userId) with { WorkspaceId = left.WorkspaceId, WithoutOrigin = true });
        }

        return null;
    }
}
