using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Accounts;

/// <summary><c>user:ID</c>: what concerns one person alone, on all devices of that person.</summary>
internal sealed class UserChannel(Database database, ChangeLog log)
{
    public ChannelRules Rules => new(Channels.UserKind, "user")
    {
        MayListenAsync = (caller, userId, _) => Task.FromResult(caller.UserId == userId),
        VisibleAsync = (caller, _) => Task.FromResult<IReadOnlyList<VisibleChannel>>([new VisibleChannel(caller.UserId, WorkspaceId: null)]),
        SnapshotAsync = async (caller, userId, cancellationToken) =>
        {
            // The position first: what happens meanwhile is in the state and comes again as a change.
            var channel = Channels.User(userId);
            var position = (await log.HeadsAsync([channel], cancellationToken))[channel];
            var user = await database.QueryFirstAsync(Scope.Of(caller.UserId), GetMe.ById, [caller.UserId], cancellationToken);
            if (user is null || caller.UserId != userId)
                return null;
            var preferences = await database.QueryFirstAsync(Scope.Of(userId), GetPreferences.OfUser, [userId], cancellationToken) ?? GetPreferences.None;
            return new ChannelState(position, Json.Utf8(new { user, preferences = JsonElement.Parse(preferences.Data), preferencesVersion = preferences.Version }));
        },
    };
}
