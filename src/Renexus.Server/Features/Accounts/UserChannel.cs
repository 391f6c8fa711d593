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
        SnapshotAsync = async (caller, userId, cancellationToken) =>
        {
            // The position first: what happens meanwhile is in the state and comes again as a change.
            var channel = Channels.User(userId);
            var position = (await log.HeadsAsync([channel], cancellationToken)).GetValueOrDefault(channel);
            var user = await database.QueryFirstAsync(Scope.Of(caller.UserId), GetMe.ById, [caller.UserId], cancellationToken);
            return user is null || caller.UserId != userId ? null : new ChannelState(position, Json.Utf8(new { user }));
        },
    };
}
