using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>
/// Works off what waits for one endpoint: several at a time, in order for each resource; one at a time where the endpoint wants order; and only one where it has not been
/// working, to see whether it does again.
/// </summary>
internal sealed class Delivery(
    Database database, OutboundClient http, EndpointSecrets secrets, EndpointLanes lanes, DeliveryOutcomes outcomes, TimeProvider clock)
{
    /// <summary>Of one call, to the last byte that is read of the answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>How long one job goes on before it lets others of the queue have its place.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(20);

    private const int AtOnce = 4;
    private const int Look = 32;

    private static readonly Query<EndpointRow> Endpoint = new("webhooks.to_deliver", """
        select e.url, e.is_ordered, coalesce(h.failures, 0) as failures, h.paused_until
        from webhooks.endpoint e
        left join webhooks.health h on h.endpoint_id = e.id
        where e.id = $1 and e.is_enabled
        """);

    private static readonly Query<DueRow> Due = new("webhooks.due", """
        select d.id, d.event_id, d.attempts, d.tries, d.due_at, v.type, v.resource_id, v.body
        from webhooks.delivery d
        join webhooks.event v on v.id = d.event_id
        where d.endpoint_id = $1 and d.state = 0 and d.due_at <= $2
        order by d.due_at, d.turn
        limit $3
        """);

    // Where order counts, what is not due holds up what comes after it.
    private static readonly Query<DueRow> First = new("webhooks.first", """
        select d.id, d.event_id, d.attempts, d.tries, d.due_at, v.type, v.resource_id, v.body
        from webhooks.delivery d
        join webhooks.event v on v.id = d.event_id
        where d.endpoint_id = $1 and d.state = 0
        order by d.turn
        limit $2
        """);

    private static readonly Query<NextRow> NextDue = new("webhooks.next_due", """
        select min(d.due_at) as at from webhooks.delivery d where d.endpoint_id = $1 and d.state = 0
        """);

    private static readonly Query<NextRow> NextInOrder = new("webhooks.next_in_order", """
        select d.due_at as at from webhooks.delivery d where d.endpoint_id = $1 and d.state = 0 order by d.turn limit 1
        """);

    public async Task RunAsync(EndpointJob endpoint, JobContext job, CancellationToken cancellationToken)
    {
        var end = clock.GetUtcNow() + Turn;
        while (await LookAsync(endpoint, cancellationToken) is { } row)
        {
            var now = clock.GetUtcNow();
            if (now >= end || row.PausedUntil > now)
                break;
            var due = await DueAsync(endpoint, row, now, cancellationToken);
            if (due.Count == 0 || !await SendAllAsync(endpoint, row, due, cancellationToken))
                break;
        }
        await GoOnLaterAsync(endpoint, cancellationToken);
    }

    private async Task<EndpointRow?> LookAsync(EndpointJob endpoint, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.In(endpoint.WorkspaceId), Endpoint, [endpoint.EndpointId], cancellationToken);

    private async Task<IReadOnlyList<DueRow>> DueAsync(EndpointJob endpoint, EndpointRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var most = row.Failures > 0 ? 1 : Look;
        var scope = Scope.In(endpoint.WorkspaceId);
        return row.IsOrdered
            ? [.. (await database.QueryAsync(scope, First, [endpoint.EndpointId, most], cancellationToken)).TakeWhile(d => d.DueAt <= now)]
            : await database.QueryAsync(scope, Due, [endpoint.EndpointId, now, most], cancellationToken);
    }

    /// <summary>False as soon as the endpoint turns out not to work; what has begun then ends, and nothing more begins.</summary>
    private async Task<bool> SendAllAsync(EndpointJob endpoint, EndpointRow row, IReadOnlyList<DueRow> due, CancellationToken cancellationToken)
    {
        var keys = await secrets.OfAsync(database, endpoint.EndpointId, endpoint.WorkspaceId, clock.GetUtcNow(), cancellationToken);
        var works = true;
        await Parallel.ForEachAsync(
            due.GroupBy(delivery => row.IsOrdered ? Guid.Empty : delivery.ResourceId),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (lane, token) =>
            {
                foreach (var delivery in lane)
                {
                    if (!Volatile.Read(ref works))
                        return;
                    var started = clock.GetUtcNow();
                    var began = clock.GetTimestamp();
                    var answer = await CallAsync(row.Url, delivery, keys, started, token);
                    var outcome = await outcomes.RecordAsync(
                        endpoint, new Tried(delivery.Id, delivery.Attempts, delivery.Tries, started, clock.GetElapsedTime(began)), answer, token);
                    if (outcome != Outcome.Delivered && (outcome == Outcome.EndpointFailed || row.IsOrdered))
                        Volatile.Write(ref works, false);
                }
            });
        return works;
    }

    private async Task<DeliveryAnswer> CallAsync(string url, DueRow delivery, IReadOnlyList<byte[]> keys, DateTimeOffset at, CancellationToken cancellationToken)
    {
        using var request = StandardWebhooks.Request(url, delivery.EventId, delivery.Body, keys, at);
        try
        {
            return DeliveryAnswer.Of(await http.SendAsync(request, cancellationToken, Timeout, DeliveryAnswer.ResponseBytes, isCut: true), clock.GetUtcNow());
        }
        catch (OutboundException e)
        {
            return DeliveryAnswer.Of(e);
        }
    }

    /// <summary>Whatever waits is looked for again when it is due and the endpoint may be called; at once when it was only this job's turn that ended.</summary>
    private async Task GoOnLaterAsync(EndpointJob endpoint, CancellationToken cancellationToken)
    {
        if (await LookAsync(endpoint, cancellationToken) is not { } row)
            return;
        await using var work = await database.BeginAsync(Scope.In(endpoint.WorkspaceId), cancellationToken);
        if (await work.QueryFirstAsync(row.IsOrdered ? NextInOrder : NextDue, [endpoint.EndpointId], cancellationToken) is not { At: { } next })
            return;
        var now = clock.GetUtcNow();
        var at = row.PausedUntil > next ? row.PausedUntil.Value : next;
        if (at > now)
            await lanes.PutLaterAsync(work, endpoint.EndpointId, endpoint.WorkspaceId, at, cancellationToken);
        else
            await lanes.PutAsync(work, endpoint.EndpointId, endpoint.WorkspaceId, cancellationToken);
        await work.CommitAsync(now);
    }

    private sealed record EndpointRow(string Url, bool IsOrdered, int Failures, DateTimeOffset? PausedUntil);

    private sealed record NextRow(DateTimeOffset? At);

    private sealed record DueRow(Guid Id, Guid EventId, short Attempts, short Tries, DateTimeOffset? DueAt, string Type, Guid ResourceId, string Body);
}
