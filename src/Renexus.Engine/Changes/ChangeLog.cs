using System.Text;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Changes;

/// <summary>Reads the one log: what happened on a channel, in order, none skipped (docs/spec/changes.md).</summary>
public sealed class ChangeLog(Database database)
{
    internal static readonly Query<Place> Append = new(
        "changes.append", "select ord, version, epoch from engine.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

    /// <summary>
    /// Appends inside a group commit: common table expressions to put behind one called <c>fresh</c>, with the columns ord, kind,
    /// channel_id, workspace_id, op, resource, resource_id, actor, cause, head, is_whole and at. The version of most resources that are
    /// written so is their place, so <c>head</c> is JSON without the end, and the place is what closes it, unless it <c>is_whole</c>.
    /// Gives <c>placed</c>: fresh with place and epoch. A channel's new version is found by its rank among them, not by a join: of tables
    /// made on the way the planner knows no size, and compares each row with each.
    /// </summary>
    public const string AppendPlaced = """
        , counted as materialized (
          select f.*, count(*) over same as n, row_number() over (same order by f.ord) as nth, dense_rank() over (order by f.kind, f.channel_id) as rank
          from fresh f
          window same as (partition by f.kind, f.channel_id)
        ), bumped as (
          insert into engine.channel as c (kind, id, version, workspace_id)
          select o.kind, o.channel_id, o.n, o.workspace_id from counted o where o.nth = 1 order by o.kind, o.channel_id
          on conflict (kind, id) do update set version = c.version + excluded.version
          returning c.kind, c.id, c.version, c.epoch
        ), heads as materialized (
          select array_agg(b.version order by b.kind, b.id) as versions, array_agg(b.epoch order by b.kind, b.id) as epochs from bumped b
        ), placed as materialized (
          select o.*, h.epochs[o.rank] as epoch, h.versions[o.rank] - o.n + o.nth as place from counted o cross join heads h
        ), appended as (
          insert into engine.change (kind, channel_id, version, workspace_id, op, resource, resource_id, actor, cause, data, at)
          select p.kind, p.channel_id, p.place, p.workspace_id, p.op, p.resource, p.resource_id, p.actor, p.cause,
                 case when p.is_whole then p.head else p.head || ',"version":' || p.place || '}' end, p.at
          from placed p
        )
        """;

    private static readonly Query<ChangeRow> After = new(
        "changes.after",
        """
        select c.kind, c.channel_id, c.version, h.epoch, c.op, c.resource, c.resource_id, c.data, c.actor, c.cause
        from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as w (kind, id, after)
        join engine.channel h on h.kind = w.kind and h.id = w.id
        cross join lateral (
          select * from engine.change x
          where x.kind = w.kind and x.channel_id = w.id and x.version > w.after
          order by x.version
          limit $4) c
        """);

    private static readonly Query<string> Now = new("changes.now", "select pg_current_snapshot()::text");

    private static readonly Query<MovedRow> Moved = new(
        "changes.moved",
        """
        select c.kind, c.id, c.version, c.epoch, exists (
          select from engine.change y
          where y.kind = c.kind and y.channel_id = c.id and y.version = c.version - $4
            and not pg_visible_in_snapshot(y.tx, $3::text::pg_snapshot)) as is_far
        from unnest($1::smallint[], $2::uuid[]) as w (kind, id)
        join engine.channel c on c.kind = w.kind and c.id = w.id
        join engine.change x on x.kind = c.kind and x.channel_id = c.id and x.version = c.version
        where not pg_visible_in_snapshot(x.tx, $3::text::pg_snapshot)
        order by c.kind, c.id
        """);

    private static readonly Query<ChangeRow> Between = new(
        "changes.between",
        """
        select c.kind, c.channel_id, c.version, h.epoch, c.op, c.resource, c.resource_id, c.data, c.actor, c.cause
        from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as w (kind, id, after)
        join engine.channel h on h.kind = w.kind and h.id = w.id
        cross join lateral (
          select * from engine.change x
          where x.kind = w.kind and x.channel_id = w.id and x.version > w.after
            and not pg_visible_in_snapshot(x.tx, $4::text::pg_snapshot) and pg_visible_in_snapshot(x.tx, $5::text::pg_snapshot)
          order by x.version
          limit $6) c
        order by c.kind, c.channel_id, c.version
        limit $6
        """);

    private static readonly Query<PositionRow> Heads = new(
        "changes.heads",
        """
        select w.kind, w.id, coalesce(c.version, 0) as version, coalesce(c.epoch, engine.epoch()) as epoch
        from unnest($1::smallint[], $2::uuid[]) as w (kind, id)
        left join engine.channel c on c.kind = w.kind and c.id = w.id
        """);

    private static readonly Query<long> Oldest = new(
        "changes.oldest",
        """
        select version from engine.change
        where kind = $1 and channel_id = $2 order by version limit 1
        """);

    private static readonly Command Trim = new(
        "changes.trim",
        """
        with old as (
          select kind, channel_id, max(version) as version
          from (select kind, channel_id, version from engine.change where at < $1 order by at limit $2) expired
          group by kind, channel_id)
        delete from engine.change c
        using old
        where c.kind = old.kind and c.channel_id = old.channel_id and c.version <= old.version
        """);

    /// <summary>Where channels stand; one that never spoke stands at version 0, in the epoch that it will begin with.</summary>
    public async Task<IReadOnlyDictionary<ChannelId, Position>> HeadsAsync(IReadOnlyCollection<ChannelId> channels, CancellationToken cancellationToken)
    {
        var (kinds, ids) = Split(channels);
        var rows = await database.QueryLogAsync(Heads, [kinds, ids], cancellationToken);
        return rows.ToDictionary(row => new ChannelId(row.Kind, row.Id), row => new Position(row.Version, row.Epoch));
    }

    /// <summary>The changes after a version of each channel, each channel's in order, at most <paramref name="limit"/> of each.</summary>
    public async Task<IReadOnlyList<Change>> AfterAsync(
        IReadOnlyCollection<(ChannelId Channel, long After)> wanted, int limit, CancellationToken cancellationToken)
    {
        var (kinds, ids) = Split(wanted.Select(w => w.Channel).ToArray());
        var rows = await database.QueryLogAsync(
            After, [kinds, ids, wanted.Select(w => w.After).ToArray(), limit], cancellationToken);
        return [.. rows.Select(row => row.ToChange())];
    }

    /// <summary>This moment: everything that has been committed, and nothing else.</summary>
    public async Task<Moment> NowAsync(CancellationToken cancellationToken) =>
        new((await database.QueryLogAsync(Now, [], cancellationToken))[0]);

    /// <summary>
    /// Which of the channels have moved since a moment, by kind and id, and where they stand. Far are those that have done so by more than
    /// <paramref name="far"/> versions.
    /// </summary>
    public async Task<IReadOnlyList<(ChannelId Channel, Position Position, bool IsFar)>> MovedAsync(
        IReadOnlyCollection<ChannelId> channels, Moment since, long far, CancellationToken cancellationToken)
    {
        var (kinds, ids) = Split(channels);
        var rows = await database.QueryLogAsync(Moved, [kinds, ids, since.Text, far], cancellationToken);
        return [.. rows.Select(row => (new ChannelId(row.Kind, row.Id), new Position(row.Version, row.Epoch), row.IsFar))];
    }

    /// <summary>
    /// What was committed after one moment and up to another on the channels, after a version of each: by kind and id, each channel's in
    /// order, at most <paramref name="limit"/> in all (CH14).
    /// </summary>
    public async Task<IReadOnlyList<Change>> BetweenAsync(
        IReadOnlyCollection<(ChannelId Channel, long After)> wanted, Moment since, Moment until, int limit, CancellationToken cancellationToken)
    {
        var (kinds, ids) = Split(wanted.Select(w => w.Channel).ToArray());
        var rows = await database.QueryLogAsync(
            Between, [kinds, ids, wanted.Select(w => w.After).ToArray(), since.Text, until.Text, limit], cancellationToken);
        return [.. rows.Select(row => row.ToChange())];
    }

    /// <summary>The first version of a channel that is still kept; null when nothing is.</summary>
    public async Task<long?> OldestAsync(ChannelId channel, CancellationToken cancellationToken)
    {
        var rows = await database.QueryLogAsync(Oldest, [channel.Kind, channel.Id], cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>
    /// Removes a batch of changes older than <paramref name="before"/>, and what is before them in their channels: times are not
    /// quite in the order of versions, and what is kept must have no gap (CH9). Answers how many; fewer than asked for means all.
    /// </summary>
    public Task<int> TrimAsync(DateTimeOffset before, int batch, CancellationToken cancellationToken) =>
        database.ExecuteLogAsync(Trim, [before, batch], cancellationToken);

    internal static Arg[] AppendArgs(List<NewChange> changes, DateTimeOffset at) =>
    [
        changes.Select(c => c.Channel.Kind).ToArray(),
        changes.Select(c => c.Channel.Id).ToArray(),
        changes.Select(c => c.WorkspaceId).ToArray(),
        changes.Select(c => (short)c.Op).ToArray(),
        changes.Select(c => c.Resource).ToArray(),
        changes.Select(c => c.ResourceId).ToArray(),
        changes.Select(c => Encoding.UTF8.GetString(c.Data)).ToArray(),
        changes.Select(c => c.Actor).ToArray(),
        changes.Select(c => c.Cause).ToArray(),
        at,
    ];

    private static (short[] Kinds, Guid[] Ids) Split(IReadOnlyCollection<ChannelId> channels) =>
        (channels.Select(c => c.Kind).ToArray(), channels.Select(c => c.Id).ToArray());

    internal sealed record Place(long Ord, long Version, long Epoch);

    private sealed record MovedRow(short Kind, Guid Id, long Version, long Epoch, bool IsFar);

    private sealed record PositionRow(short Kind, Guid Id, long Version, long Epoch);

    private sealed record ChangeRow(
        short Kind, Guid ChannelId, long Version, long Epoch, short Op, string Resource, Guid ResourceId, string Data, Guid? Actor, string? Cause)
    {
        public Change ToChange() => new(
            new ChannelId(Kind, ChannelId), Version, Epoch, (ChangeOp)Op, Resource, ResourceId, Encoding.UTF8.GetBytes(Data), Actor, Cause);
    }
}

/// <summary>Where a channel stands: its version, and the epoch that the version counts in.</summary>
public readonly record struct Position(long Version, long Epoch);
