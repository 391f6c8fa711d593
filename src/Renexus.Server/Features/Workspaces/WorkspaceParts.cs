using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>A workspace itself, its people and open invitations, for whoever takes it along as a file (WH-3).</summary>
internal static class WorkspaceParts
{
    private sealed record Place(Guid Id, string Name, Guid? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    private sealed record Person(Guid UserId, string Name, string Email, string Role, DateTimeOffset CreatedAt);

    private sealed record Guest(Guid Id, string Email, string Role, Guid? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private static readonly Query<long> PlaceSize = new("workspaces.export_size", "select count(*) from workspaces.workspace w where w.id = $1");

    private static readonly Query<Place> PlacePage = new("workspaces.export", """
        select w.id, w.name, w.created_by, w.created_at, w.updated_at
        from workspaces.workspace w where w.id = $1 and w.id > $2 and w.deleted_at is null limit $3
        """);

    private static readonly Query<long> PeopleSize = new("workspaces.members_export_size", "select count(*) from workspaces.membership m where m.workspace_id = $1");

    private static readonly Query<Person> PeoplePage = new("workspaces.members_export", """
        select m.user_id, m.name, m.email, m.role, m.created_at
        from workspaces.member m where m.workspace_id = $1 and m.user_id > $2 order by m.user_id limit $3
        """);

    private static readonly Query<long> GuestsSize = new("workspaces.invitations_export_size", """
        select count(*) from workspaces.invitation i where i.workspace_id = $1 and i.accepted_at is null
        """);

    private static readonly Query<Guest> GuestsPage = new("workspaces.invitations_export", """
        select i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at
        from workspaces.invitation i where i.workspace_id = $1 and i.id > $2 and i.accepted_at is null order by i.id limit $3
        """);

    public static IEnumerable<WorkspaceData> All =>
    [
        WorkspaceData.Of("workspace", "The workspace itself: one line.", PlaceSize, PlacePage, place => place.Id),
        WorkspaceData.Of("members", "Who belongs to it, with name, address and role.", PeopleSize, PeoplePage, person => person.UserId),
        WorkspaceData.Of("invitations", "Who has been invited and has not come yet.", GuestsSize, GuestsPage, guest => guest.Id),
    ];
}
