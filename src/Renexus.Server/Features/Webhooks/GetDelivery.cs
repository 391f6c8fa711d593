using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Webhooks;

internal static class GetDelivery
{
    private sealed record AttemptRow(short Number, DateTimeOffset At, int DurationMs, short? Status, string? Error, string? Response);

    private static readonly Query<string> BodyOf = new("webhooks.body", "select v.body from webhooks.event v where v.id = $1");

    private static readonly Query<AttemptRow> Attempts = new("webhooks.attempts", """
        select a.number, a.at, a.duration_ms, a.status, a.error, a.response
        from webhooks.attempt a
        where a.delivery_id = $1
        order by a.number desc
        limit 50
        """);

    public static async Task<Results<Ok<WebhookDeliveryDetails>, ProblemHttpResult>> HandleAsync(
        Guid webhookId, Guid deliveryId, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await WebhookRow.FindAsync(work, webhookId, caller.UserId, cancellationToken) is null)
            return await WebhookRow.RefuseAsync(work, webhookId, caller.UserId, cancellationToken);
        if (await DeliveryRow.FindAsync(work, webhookId, deliveryId, caller.UserId, cancellationToken) is not { } row)
            return Problems.NotFound("delivery", deliveryId);

        var body = await work.QueryFirstAsync(BodyOf, [row.EventId], cancellationToken);
        var attempts = await work.QueryAsync(Attempts, [deliveryId], cancellationToken);
        var info = row.ToInfo();
        return TypedResults.Ok(new WebhookDeliveryDetails(
            info.Id, info.EventId, info.Type, info.State, info.Attempts, info.LastStatus, info.OccurredAt, info.DueAt, info.SettledAt, JsonElement.Parse(body!),
            [.. attempts.Select(a => new WebhookAttempt(a.Number, a.At, a.DurationMs, a.Status, a.Error, a.Response))]));
    }
}
