using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Realtime;

/// <summary>
/// This process's place in the cluster: a row it keeps fresh. A node not seen for its lease is dead, and the connections
/// it held are free; what it left behind is tidied by whoever comes by.
/// </summary>
public sealed partial class NodeLease(Database database, HintBus hints, NodeOptions options, TimeProvider clock, ILogger<NodeLease> logger) : IAsyncDisposable
{
    private static readonly Command Begin = new(
        "nodes.begin",
        """
        with left_over as (
          update engine.session s
          set node_id = null, seen_at = coalesce((select seen_at from engine.node where id = $1), s.seen_at)
          where s.node_id = $1)
        insert into engine.node (id, name, started_at, seen_at) values ($1, $2, $3, $3)
        on conflict (id) do update set name = excluded.name, started_at = excluded.started_at, seen_at = excluded.seen_at
        """);

    private static readonly Query<Guid> Renew = new(
        "nodes.renew",
        """
        with mine as (
          insert into engine.node (id, name, started_at, seen_at) values ($1, $2, $3, $3)
          on conflict (id) do update set seen_at = excluded.seen_at)
        select id from engine.node where id <> $1 and seen_at > $4
        """);

    private static readonly Command End = new(
        "nodes.end",
        """
        with waiting as (update engine.session set node_id = null, seen_at = $2 where node_id = $1)
        delete from engine.node where id = $1
        """);

    private static readonly Command Tidy = new(
        "nodes.tidy",
        """
        with dead as (
          delete from engine.node where seen_at < $1 returning id, seen_at
        ), waiting as (
          update engine.session s set node_id = null, seen_at = d.seen_at from dead d where s.node_id = d.id
        ), gone as (
          delete from engine.session where node_id is null and seen_at < $2 returning user_id, seen_at
        )
        insert into engine.last_seen as l (user_id, at)
        select user_id, max(seen_at) from gone group by user_id order by user_id
        on conflict (user_id) do update set at = greatest(l.at, excluded.at)
        """);

    private readonly CancellationTokenSource stopping = new();
    private Task renewing = Task.CompletedTask;

    /// <summary>The other nodes that live, each time the lease is renewed.</summary>
    public event Action<IReadOnlyList<Guid>>? PeersSeen;

    /// <summary>This process.</summary>
    public Guid Id => options.Id;

    /// <summary>Takes the place; connections that an earlier process of this node left behind are free from now on.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.ExecuteLogAsync(Begin, [options.Id, options.Name, clock.GetUtcNow()], cancellationToken);
        hints.Signal("joined", options.Name);
        renewing = Task.Run(RenewAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever stops it in order comes first, the container later.
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await renewing;
        stopping.Dispose();
        // A start that failed before has no place to give back, and perhaps no database to tell.
        if (ReferenceEquals(renewing, Task.CompletedTask))
            return;

        try
        {
            await database.ExecuteLogAsync(End, [options.Id, clock.GetUtcNow()], CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            LogRenewFailed(e);
        }
    }

    private async Task RenewAsync()
    {
        var round = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.RenewEvery, clock, stopping.Token);
                var now = clock.GetUtcNow();
                var peers = await database.QueryLogAsync(Renew, [options.Id, options.Name, now, now - options.Lease], stopping.Token);
                hints.HasPeers = peers.Count > 0;
                PeersSeen?.Invoke(peers);
                if (++round % options.TidyEveryRounds == 0)
                    await database.ExecuteLogAsync(Tidy, [now - options.Lease, now - options.ResumeFor], stopping.Token);
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested)
                    return;
                LogRenewFailed(e);
            }
        }
    }

    [LoggerMessage(1401, LogLevel.Warning, "The node's lease could not be renewed")]
    private partial void LogRenewFailed(Exception exception);
}

/// <summary>Who this node is and how long it counts as living.</summary>
public sealed record NodeOptions
{
    /// <summary>Kept with the data directory, so that a restarted process is the same node.</summary>
    public required Guid Id { get; init; }

    /// <summary>What operators see.</summary>
    public required string Name { get; init; }

    /// <summary>How often it says that it lives.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Not seen for this long, it is dead (PROTOCOL: its connections are free after 15 s).</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a session waits to be resumed (RT-5).</summary>
    public TimeSpan ResumeFor { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Every so many renewals what dead nodes and sessions left is removed.</summary>
    public int TidyEveryRounds { get; init; } = 10;
}
