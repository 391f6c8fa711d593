using System.Text;
using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Webhooks;

/// <summary>
/// Makes events of the log (docs/webhooks.md): what was committed is an event, and nothing else is. In one transaction it moves its place in the
/// log and writes what is to be delivered to whom, so that a kill at any point loses and repeats nothing.
/// </summary>
internal sealed class EventFollower(Database database, EventTypes types, EndpointLanes lanes, RenexusOptions options, TimeProvider clock)
{
    /// <summary>Channels, and changes of each, in one transaction.</summary>
    private const int ChannelsAtOnce = 50;
    private const int ChangesAtOnce = 20;

    /// <summary>Of what happened; more is not sent along but left to be read (Standard Webhooks: below 20 kB).</summary>
    private const int DataBytes = 16 * 1024;

    private static readonly Query<Guid> Behind = new("webhooks.behind", """
        select distinct g.workspace_id
        from webhooks.following g
        join engine.channel c on c.workspace_id = g.workspace_id
        left join webhooks.followed f on f.kind = c.kind and f.channel_id = c.id
        where g.is_active and c.version > coalesce(f.version, 0)
        """);

    private static readonly Query<Guid> BehindOf = new("webhooks.behind_of", """
        select distinct g.workspace_id
        from engine.channel c
        join webhooks.following g on g.workspace_id = c.workspace_id
        left join webhooks.followed f on f.kind = c.kind and f.channel_id = c.id
        where c.kind = any ($1) and c.id = any ($2) and g.is_active and c.version > coalesce(f.version, 0)
        """);

    // Who has it follows; the others go on to the next workspace.
    private static readonly Query<Guid> Take = new("webhooks.take", """
        select g.workspace_id from webhooks.following g where g.workspace_id = $1 and g.is_active for update skip locked
        """);

    // Of a channel that has no place yet counts what was not yet committed when following began: its last so many changes (CH14).
    private static readonly Query<FollowedChange> Next = new("webhooks.next", """
        with behind as materialized (
          select c.kind, c.id, c.version as head, coalesce(f.version, (
                   select x.version from engine.change x
                   where x.kind = c.kind and x.channel_id = c.id and pg_visible_in_snapshot(x.tx, g.since::pg_snapshot)
                   order by x.version desc limit 1), 0) as after
          from webhooks.following g
          join engine.channel c on c.workspace_id = g.workspace_id
          left join webhooks.followed f on f.kind = c.kind and f.channel_id = c.id
          where g.workspace_id = $1 and c.version > coalesce(f.version, 0)
          limit $2
        )
        select b.kind, b.id as channel_id, b.head, x.version, x.op, x.resource, x.resource_id, x.actor, x.data, x.at,
               array(
                 select e.id from webhooks.endpoint e
                 where e.workspace_id = $1 and e.is_enabled and not pg_visible_in_snapshot(x.tx, e.since::pg_snapshot)
                   and e.events && array['*', x.resource || case x.op when 1 then '.created' when 2 then '.updated' else '.deleted' end]
                   -- What is in a private thread is its participants' alone.
                   and (b.kind <> $4 or exists (select from threads.openness o where o.id = b.id and not o.is_private))) as endpoints
        from behind b
        left join lateral (
          select * from engine.change x where x.kind = b.kind and x.channel_id = b.id and x.version > b.after order by x.version limit $3) x on true
        order by b.kind, b.id, x.version
        """);

    private static readonly Command Move = new("webhooks.move", """
        insert into webhooks.followed as f (kind, channel_id, workspace_id, version)
        select t.kind, t.id, $1, t.version from unnest($2::smallint[], $3::uuid[], $4::bigint[]) as t (kind, id, version)
        on conflict (kind, channel_id) do update set version = excluded.version
        """);

    private static readonly Command Happened = new("webhooks.happened", """
        insert into webhooks.event (id, workspace_id, type, resource_id, body, occurred_at, created_at)
        select t.id, $1, t.type, t.resource_id, t.body, t.at, $7
        from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[]) as t (id, type, resource_id, body, at)
        """);

    private static readonly Command Deliver = new("webhooks.put_deliveries", """
        insert into webhooks.delivery (id, endpoint_id, event_id, workspace_id, due_at, created_at)
        select t.id, t.endpoint_id, t.event_id, $1, $5, $5
        from unnest($2::uuid[], $3::uuid[], $4::uuid[]) with ordinality as t (id, endpoint_id, event_id, ord)
        order by t.ord
        """);

    /// <summary>Makes events of everything that is new in these channels, or in all when null. Whether anything was.</summary>
    public async Task<bool> FollowAsync(IReadOnlyCollection<ChannelId>? moved, CancellationToken cancellationToken)
    {
        var workspaces = moved is null
            ? await database.QueryLogAsync(Behind, [], cancellationToken)
            : await database.QueryLogAsync(
                BehindOf, [moved.Select(c => c.Kind).Distinct().ToArray(), moved.Select(c => c.Id).ToArray()], cancellationToken);
        foreach (var workspace in workspaces)
        {
            while (await FollowAsync(workspace, cancellationToken))
            {
            }
        }
        return workspaces.Count > 0;
    }

    /// <summary>An event that only one endpoint gets.</summary>
    public async Task<Guid> PutAsync(Work work, Guid workspaceId, Guid endpointId, string type, object data, Guid? actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (eventId, deliveryId) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        var body = Body(type, now, workspaceId, actor, Encoding.UTF8.GetString(Json.Utf8(data)));
        await work.ExecuteAsync(
            Happened, [workspaceId, new[] { eventId }, new[] { type }, new[] { endpointId }, new[] { body }, new[] { now }, now], cancellationToken);
        await work.ExecuteAsync(Deliver, [workspaceId, new[] { deliveryId }, new[] { endpointId }, new[] { eventId }, now], cancellationToken);
        await lanes.PutAsync(work, endpointId, workspaceId, cancellationToken);
        return deliveryId;
    }

    /// <summary>One pass over a workspace; true when there may be more.</summary>
    private async Task<bool> FollowAsync(Guid workspaceId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.In(workspaceId), cancellationToken);
        if ((await work.QueryAsync(Take, [workspaceId], cancellationToken)).Count == 0)
            return false;
        var changes = await work.QueryAsync(Next, [workspaceId, ChannelsAtOnce, ChangesAtOnce, Channels.ThreadKind], cancellationToken);
        if (changes.Count == 0)
            return false;

        // 1. Where it stands now.
        var channels = changes.GroupBy(change => new ChannelId(change.Kind, change.ChannelId)).ToArray();
        await work.ExecuteAsync(
            Move,
            [workspaceId, channels.Select(c => c.Key.Kind).ToArray(), channels.Select(c => c.Key.Id).ToArray(), channels.Select(PlaceOf).ToArray()],
            cancellationToken);

        // 2. What happened, and who is told.
        await WriteAsync(work, workspaceId, [.. changes.Where(change => change.Endpoints.Length > 0)], now, cancellationToken);
        await work.CommitAsync(now);
        return channels.Length == ChannelsAtOnce || channels.Any(channel => channel.Count() == ChangesAtOnce);
    }

    private async Task WriteAsync(Work work, Guid workspaceId, FollowedChange[] changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var events = new List<(Guid Id, string Type, Guid ResourceId, string Body, DateTimeOffset At, Guid[] Endpoints)>();
        foreach (var change in changes)
        {
            if (types.Find(change.Resource!, change.Kind) is not { } resource)
                continue;
            var type = resource.TypeOf((ChangeOp)change.Op!.Value);
            var data = Encoding.UTF8.GetByteCount(change.Data!) <= DataBytes ? change.Data! : LeftOut(resource, change.ResourceId!.Value);
            events.Add((Guid.CreateVersion7(now), type, change.ResourceId!.Value, Body(type, change.At!.Value, workspaceId, change.Actor, data), change.At.Value, change.Endpoints));
        }
        if (events.Count == 0)
            return;

        await work.ExecuteAsync(
            Happened,
            [
                workspaceId, events.Select(e => e.Id).ToArray(), events.Select(e => e.Type).ToArray(), events.Select(e => e.ResourceId).ToArray(),
                events.Select(e => e.Body).ToArray(), events.Select(e => e.At).ToArray(), now,
            ],
            cancellationToken);
        var deliveries = events.SelectMany(e => e.Endpoints, (e, endpoint) => (EventId: e.Id, EndpointId: endpoint)).ToArray();
        await work.ExecuteAsync(
            Deliver,
            [
                workspaceId, deliveries.Select(_ => Guid.CreateVersion7(now)).ToArray(), deliveries.Select(d => d.EndpointId).ToArray(),
                deliveries.Select(d => d.EventId).ToArray(), now,
            ],
            cancellationToken);
        foreach (var endpoint in deliveries.Select(d => d.EndpointId).Distinct())
            await lanes.PutAsync(work, endpoint, workspaceId, cancellationToken);
    }

    // All that was asked for: there may be more behind it. Fewer: everything up to the head has been seen, also what is not kept any more.
    private static long PlaceOf(IGrouping<ChannelId, FollowedChange> channel) =>
        channel.Count() == ChangesAtOnce ? channel.Max(change => change.Version!.Value) : channel.First().Head;

    /// <summary>The event by Standard Webhooks; data is JSON already.</summary>
    private static string Body(string type, DateTimeOffset at, Guid workspaceId, Guid? actor, string data)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WritePropertyName("timestamp"u8);
            JsonSerializer.Serialize(json, at, Json.Options);
            json.WriteString("workspaceId"u8, workspaceId);
            if (actor is { } somebody)
                json.WriteString("actorId"u8, somebody);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data, skipInputValidation: true);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private string LeftOut(PublicResource resource, Guid id) =>
        Encoding.UTF8.GetString(Json.Utf8(new { id, isLeftOut = true, url = options.PublicUrl + string.Format(System.Globalization.CultureInfo.InvariantCulture, resource.Address, id) }));

    private sealed record FollowedChange(
        short Kind, Guid ChannelId, long Head, long? Version, short? Op, string? Resource, Guid? ResourceId, Guid? Actor, string? Data, DateTimeOffset? At, Guid[] Endpoints);
}
