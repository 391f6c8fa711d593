using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Where a person belongs, for the person's own file (OR-4).</summary>
internal static class OwnMemberships
{
    private sealed record Place(Guid WorkspaceId, string Name, string Role, DateTimeOffset CreatedAt);

    private static readonly Query<Place> Mine = new("workspaces.own_memberships", """
        select m.workspace_id, w.name, m.role, m.created_at
        from workspaces.membership m
        join workspaces.workspace w on w.id = m.workspace_id and w.deleted_at is null
        where m.user_id = $1
        order by m.created_at, m.workspace_id
        """);

    public static PersonalData Export => PersonalData.ListOf("memberships", Mine);
}
