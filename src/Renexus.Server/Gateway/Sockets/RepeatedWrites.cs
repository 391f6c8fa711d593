using System.Text;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// A write whose id comes again is answered as the first time (PROTOCOL, Write). The log itself is the memory: a change
/// keeps the id that caused it. What was announced elsewhere alone (a private thread, on its participants' own channels) has
/// no place on the channel it was written to: its version there is 0.
/// </summary>
internal sealed class RepeatedWrites(Database database)
{
    /// <summary>The constraint by which a write that comes again is found out.</summary>
    public const string CauseKey = "change_cause_key";

    private static readonly Query<FirstRow> First = new(
        "changes.first_of_cause",
        """
        select case when kind = $3 and channel_id = $4 then version else 0 end as version, resource, resource_id, data
        from engine.change
        where actor = $1 and cause = $2
        order by (kind = $3 and channel_id = $4) desc
        limit 1
        """);

    /// <summary>Carries a write out once, however often it comes; one that is carried out has its place in line.</summary>
    public ChannelWriter Once(short kind, Func<ChannelWrite, Task<Outcome<Written>>> operation) => async write =>
    {
        // What is done below is recorded as coming from here. New messages take another way and are their own record.
        Origin.Current = Origins.Of(write.Connection, write.Caller, write.RequestId);
        var channel = new ChannelId(kind, write.ChannelId);
        if (await FindAsync(write, channel) is { } first)
            return Task.FromResult<Outcome<Written>>(first);
        try
        {
            return Task.FromResult(await operation(write));
        }
        catch (PostgresException e) when (e.ConstraintName == CauseKey)
        {
            // The same write came on another connection in the same moment, and that one was first.
            if (await FindAsync(write, channel) is not { } winner)
                throw;
            return Task.FromResult<Outcome<Written>>(winner);
        }
    };

    /// <summary>What a person's request of this id did, by whatever way it came; null when it is not known to have done anything.</summary>
    public Task<Written?> FindAsync(Guid userId, string requestId) => FindAsync(userId, requestId, default);

    private Task<Written?> FindAsync(ChannelWrite write, ChannelId channel) => FindAsync(write.Caller.UserId, write.RequestId, channel);

    private async Task<Written?> FindAsync(Guid userId, string requestId, ChannelId channel)
    {
        var row = await database.QueryFirstAsync(
            Scope.Of(userId), First, [userId, requestId, channel.Kind, channel.Id], CancellationToken.None);
        return row is null ? null : new Written(row.Resource, row.ResourceId, row.Version, Encoding.UTF8.GetBytes(row.Data));
    }

    private sealed record FirstRow(long Version, string Resource, Guid ResourceId, string Data);
}
