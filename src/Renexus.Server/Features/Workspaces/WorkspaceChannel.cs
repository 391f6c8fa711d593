using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Workspaces;

/// <summary><c>workspace:ID</c>: the workspace, its members, and the list of its open threads.</summary>
internal sealed class WorkspaceChannel(Database database, ChangeLog log)
{
    public ChannelRules Rules => new(Channels.WorkspaceKind, "workspace")
    {
        MayListenAsync = async (caller, workspaceId, cancellationToken) => await FindAsync(caller.UserId, workspaceId, cancellationToken) is not null,
        SnapshotAsync = async (caller, workspaceId, cancellationToken) =>
        {
            // The position first: what happens meanwhile is in the state and comes again as a change.
            var channel = Channels.Workspace(workspaceId);
            var position = (await log.HeadsAsync([channel], cancellationToken)).GetValueOrDefault(channel);
            return await FindAsync(caller.UserId, workspaceId, cancellationToken) is { } workspace
                ? new ChannelState(position, Json.Utf8(new { workspace }))
                : null;
        },
    };

    private Task<Contracts.Workspace?> FindAsync(Guid userId, Guid workspaceId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), GetWorkspace.ForMember, [workspaceId, userId], cancellationToken);
}
