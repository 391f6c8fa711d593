using Microsoft.Extensions.Logging;
using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Realtime;

/// <summary>
/// Real-time sessions, kept in the database so that a client can come back to any node within the resume window (RT-5),
/// and counted there so that a person's connections are limited in the whole cluster (RT-3). Opening and closing are
/// gathered: a reconnect storm is a few statements.
/// </summary>
public sealed class SessionStore : IAsyncDisposable
{
    private static readonly Query<OpenedRow> Open = new(
        "sessions.open",
        """
        select ord, session_id, is_granted, is_resumed, previous_node, previous_connection, user_version, user_epoch
        from engine.open_sessions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """);

    private static readonly Command Close = new(
        "sessions.close",
        """
        with closed as (
          update engine.session s set node_id = null, seen_at = $3
          from unnest($1::uuid[], $2::bigint[]) as c (id, connection)
          where s.id = c.id and s.connection = c.connection
          returning s.user_id
        )
        insert into engine.last_seen as l (user_id, at)
        select user_id, $3 from closed group by user_id order by user_id
        on conflict (user_id) do update set at = greatest(l.at, excluded.at)
        """);

    private static readonly Query<LastSeen> Seen = new(
        "sessions.seen",
        """
        select u.id as user_id, coalesce(s.is_online, false) as is_online, greatest(s.at, l.at) as at
        from unnest($1::uuid[]) as u (id)
        left join engine.last_seen l on l.user_id = u.id
        left join lateral (
          select bool_or(n.seen_at > $2) as is_online, max(coalesce(n.seen_at, s.seen_at)) as at
          from engine.session s left join engine.node n on n.id = s.node_id
          where s.user_id = u.id) s on true
        """);

    private readonly Database database;
    private readonly NodeOptions node;
    private readonly int connectionsPerUser;
    private readonly short userKind;
    private readonly TimeProvider clock;
    private readonly GroupCommit<OpenSession, OpenedSession> opening;
    private readonly GroupCommit<(Guid Session, long Connection), bool> closing;

    /// <param name="database">Where they are kept.</param>
    /// <param name="node">Who holds the connections, and for how long sessions wait.</param>
    /// <param name="connectionsPerUser">Open connections of one person in the whole cluster; 0 means no limit.</param>
    /// <param name="userKind">The kind of channel that is a person's own.</param>
    /// <param name="clock">The time of the session's window.</param>
    /// <param name="logger">Hears of retries.</param>
    public SessionStore(Database database, NodeOptions node, int connectionsPerUser, short userKind, TimeProvider clock, ILogger<SessionStore> logger)
    {
        (this.database, this.node, this.connectionsPerUser, this.userKind, this.clock) = (database, node, connectionsPerUser, userKind, clock);
        var options = new GroupCommitOptions { Writers = 1 };
        // One person at most once in a batch, so that each opening sees the ones before it.
        opening = new GroupCommit<OpenSession, OpenedSession>(options, item => item.User, item => item.User, OpenAsync, clock, logger);
        closing = new GroupCommit<(Guid Session, long Connection), bool>(options, item => item.Session, item => item.Session, CloseAsync, clock, logger);
    }

    /// <summary>Opens a session, or comes back to one.</summary>
    public Task<OpenedSession> OpenAsync(OpenSession request) => opening.SubmitAsync(request);

    /// <summary>Who of these people is connected, to any node, and when the others were last.</summary>
    public Task<IReadOnlyList<LastSeen>> SeenAsync(Guid[] users, CancellationToken cancellationToken) =>
        database.QueryLogAsync(Seen, [users, clock.GetUtcNow() - node.Lease], cancellationToken);

    /// <summary>The connection has ended; the session waits. Does nothing when another connection has taken it over.</summary>
    public Task CloseAsync(Guid session, long connection) => closing.SubmitAsync((session, connection));

    public async ValueTask DisposeAsync()
    {
        await opening.DisposeAsync();
        await closing.DisposeAsync();
    }

    private async Task<IReadOnlyList<OpenedSession>> OpenAsync(IReadOnlyList<OpenSession> items)
    {
        var rows = await database.QueryLogAsync(
            Open,
            [
                items.Select(item => item.NewId).ToArray(),
                items.Select(item => item.User).ToArray(),
                items.Select(item => item.Resume).ToArray(),
                items.Select(item => item.Connection).ToArray(),
                node.Id, connectionsPerUser, clock.GetUtcNow(), node.ResumeFor, node.Lease, userKind,
            ],
            CancellationToken.None);
        return [.. rows.Select(row => row.ToResult())];
    }

    private async Task<IReadOnlyList<bool>> CloseAsync(IReadOnlyList<(Guid Session, long Connection)> items)
    {
        await database.ExecuteLogAsync(
            Close,
            [items.Select(item => item.Session).ToArray(), items.Select(item => item.Connection).ToArray(), clock.GetUtcNow()],
            CancellationToken.None);
        return new bool[items.Count];
    }

    private sealed record OpenedRow(
        long Ord, Guid SessionId, bool IsGranted, bool IsResumed, Guid? PreviousNode, long? PreviousConnection, long UserVersion, long UserEpoch)
    {
        public OpenedSession ToResult() => new(
            SessionId, IsGranted, IsResumed, PreviousNode, PreviousConnection, new Position(UserVersion, UserEpoch));
    }
}

/// <summary>A connection asks for a session.</summary>
/// <param name="NewId">The id of the session if it is a new one.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Resume">The session it wants to come back to.</param>
/// <param name="Connection">Tells this connection from an older one of the same session.</param>
public sealed record OpenSession(Guid NewId, Guid User, Guid? Resume, long Connection);

/// <summary>What became of it.</summary>
/// <param name="Session">The session that is open now.</param>
/// <param name="IsGranted">False when the person has too many connections; nothing was opened.</param>
/// <param name="IsResumed">Whether it is the one asked for.</param>
/// <param name="PreviousNode">Who held its old connection, if it was still open: that one is to be closed.</param>
/// <param name="PreviousConnection">The old connection.</param>
/// <param name="UserPosition">Where the person's own channel stands.</param>
public sealed record OpenedSession(
    Guid Session, bool IsGranted, bool IsResumed, Guid? PreviousNode, long? PreviousConnection, Position UserPosition);

/// <summary>When somebody was connected.</summary>
/// <param name="UserId">Who.</param>
/// <param name="IsOnline">Whether a connection is open now.</param>
/// <param name="At">When one last was; null when that is not known.</param>
public sealed record LastSeen(Guid UserId, bool IsOnline, DateTimeOffset? At);
