using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>A person's name is a part of each membership, so a new one is news wherever the person belongs (RT-5).</summary>
internal static class ProfileNews
{
    private sealed record Place(
        Guid WorkspaceId, Guid UserId, string Name, string Email, string Role, long Version, DateTimeOffset CreatedAt);

    private static readonly Query<Place> PlacesOf = new("workspaces.places_of", """
        select workspace_id, user_id, name, email, role, version, created_at
        from workspaces.member
        where user_id = $1
        """);

    public static async Task AnnounceAsync(Work work, User user, CancellationToken cancellationToken)
    {
        foreach (var p in await work.QueryAsync(PlacesOf, [user.Id], cancellationToken))
        {
            var member = new Member(p.UserId, p.Name, p.Email, p.Role, p.Version, p.CreatedAt);
            work.AnnounceToWorkspace(p.WorkspaceId, ChangeOp.Update, "member", user.Id, member, user.Id);
        }
    }
}
