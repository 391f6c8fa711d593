using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Workspaces;

/// <summary><c>workspace:ID</c>: the workspace, its members, and the list of its open threads.</summary>
internal sealed class WorkspaceChannel(Database database, ChangeLog log)
{
    private static readonly Query<VisibleChannel> Visible = new("workspaces.visible_channels", """
        select m.workspace_id as id, m.workspace_id
        from workspaces.membership m
        join workspaces.workspace w on w.id = m.workspace_id
        where m.user_id = $1 and w.deleted_at is null
        order by m.workspace_id
        """);

    public ChannelRules Rules => new(Channels.WorkspaceKind, "workspace")
    {
        MayListenAsync = async (caller, workspaceId, cancellationToken) => await FindAsync(caller.UserId, workspaceId, cancellationToken) is not null,
        VisibleAsync = (caller, cancellationToken) => database.QueryAsync(Scope.Of(caller.UserId), Visible, [caller.UserId], cancellationToken),
        SnapshotAsync = async (caller, workspaceId, cancellationToken) =>
        {
            // The position first: what happens meanwhile is in the state and comes again as a change.
            var channel = Channels.Workspace(workspaceId);
            var position = (await log.HeadsAsync([channel], cancellationToken))[channel];
            return await FindAsync(caller.UserId, workspaceId, cancellationToken) is { } workspace
                ? new ChannelState(position, Json.Utf8(new { workspace }))
                : null;
        },
    };

    private Task<Contracts.Workspace?> FindAsync(Guid userId, Guid workspaceId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), GetWorkspace.ForMember, [workspaceId, userId], cancellationToken);
}
