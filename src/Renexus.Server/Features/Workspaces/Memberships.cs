using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>What every change of who belongs to a workspace shares.</summary>
internal static class Memberships
{
    internal sealed record Locked(string Name);

    private sealed record Person(Guid UserId, string Role);

    private static readonly Query<Person> People = new("workspaces.people", """
        select user_id, role from workspaces.membership where workspace_id = $1
        """);

    // Such changes of one workspace go one after the other, so that two owners cannot demote each other in the same instant.
    internal static readonly Query<Locked> Lock = new("workspaces.lock", """
        select w.name
        from workspaces.workspace w
        where w.id = $1 and w.deleted_at is null
        for no key update
        """);

    internal static readonly Query<Member> Find = new("workspaces.member_by_id", """
        select user_id, name, email, role, version, created_at
        from workspaces.member
        where workspace_id = $1 and user_id = $2
        """);

    /// <summary>Tells those in the workspace, and on the own channel the one it is about, whose open sockets must notice.</summary>
    public static void AnnounceMember(this Work work, ChangeOp op, Guid workspaceId, string workspaceName, Member member, Guid? actor)
    {
        work.AnnounceToWorkspace(workspaceId, op, "member", member.UserId, member, actor);
        work.AnnounceToUser(
            member.UserId, op, "membership", workspaceId, new Membership(workspaceId, workspaceName, member.Role), actor);
    }

    /// <summary>Tells everybody in a workspace, on their own channels, that they belong to it now, or no longer.</summary>
    public static async Task AnnounceMembershipsAsync(
        this Work work, ChangeOp op, Guid workspaceId, string workspaceName, Guid? actor, CancellationToken cancellationToken)
    {
        foreach (var (userId, role) in await work.QueryAsync(People, [workspaceId], cancellationToken))
            work.AnnounceToUser(userId, op, "membership", workspaceId, new Membership(workspaceId, workspaceName, role), actor);
    }
}
