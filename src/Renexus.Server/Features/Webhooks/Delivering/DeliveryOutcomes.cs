using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>A try that has ended.</summary>
/// <param name="Attempts">Before it, since the delivery was put in or sent again.</param>
/// <param name="Tries">Before it, in all: says whether somebody else has tried meanwhile.</param>
internal sealed record Tried(Guid DeliveryId, short Attempts, short Tries, DateTimeOffset StartedAt, TimeSpan Took);

internal enum Outcome
{
    Delivered,

    /// <summary>The endpoint works and does not take this one.</summary>
    Refused,

    /// <summary>The endpoint does not work, or is switched off by now.</summary>
    EndpointFailed,
}

/// <summary>Writes down what a try came to, in one transaction: the try, the delivery, the endpoint's health, and what follows from it.</summary>
internal sealed partial class DeliveryOutcomes(Database database, MailOutbox mails, TimeProvider clock, ILogger<DeliveryOutcomes> logger)
{
    private const short Pending = 0;
    private const short Delivered = 1;
    private const short GivenUp = 2;

    private static readonly Command Settle = new("webhooks.settle_delivery", """
        update webhooks.delivery d
        set attempts = $4, tries = d.tries + 1, state = $5, due_at = $6, last_status = $7, settled_at = $8
        where d.id = $1 and d.workspace_id = $2 and d.tries = $3 and d.state = 0
        """);

    private static readonly Command Log = new("webhooks.log_attempt", """
        insert into webhooks.attempt (id, delivery_id, workspace_id, number, at, duration_ms, status, error, response) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """);

    private static readonly Command Recovered = new("webhooks.recovered", """
        insert into webhooks.health as h (endpoint_id, workspace_id, delivered_at, last_ms) values ($1, $2, $3, $4)
        on conflict (endpoint_id) do update
        set failures = 0, failing_since = null, paused_until = null, delivered_at = excluded.delivered_at, last_ms = excluded.last_ms
        """);

    // Several that fail together are one failure: those that began before the pause do not make it longer.
    private static readonly Query<FailingRow> Failing = new("webhooks.failing", """
        insert into webhooks.health as h (endpoint_id, workspace_id, failures, failing_since, failed_at, last_ms)
        values ($1, $2, case when $5 then 1 else 0 end, $3, $3, $6)
        on conflict (endpoint_id) do update
        set failures = case when $5 and (h.paused_until is null or h.paused_until <= $4) then h.failures + 1 else h.failures end,
            failing_since = case when h.failing_since is null or h.failed_at < $3 - $7::interval then $3 else h.failing_since end,
            failed_at = $3, last_ms = $6
        returning h.failures, h.failing_since, h.paused_until
        """);

    private static readonly Command Rest = new("webhooks.rest", """
        update webhooks.health h set paused_until = $2 where h.endpoint_id = $1 and (h.paused_until is null or h.paused_until < $2)
        """);

    private static readonly Query<DisabledRow> Disable = new("webhooks.disable", """
        update webhooks.endpoint e
        set is_enabled = false, disabled_at = $2, disabled_reason = $3, version = e.version + 1, updated_at = $2
        where e.id = $1 and e.is_enabled
        returning e.id, e.url
        """);

    private static readonly Query<Guid> Managers = new("webhooks.managers", """
        select m.user_id from workspaces.member m where m.workspace_id = $1 and m.role = any ($2)
        """);

    public async Task<Outcome> RecordAsync(EndpointJob endpoint, Tried tried, DeliveryAnswer answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var attempt = (short)(tried.Attempts + 1);
        var pause = answer.IsDelivered || answer.IsGone ? null : RetrySchedule.After(attempt, answer.Asked, Random.Shared.NextDouble());
        var state = answer.IsDelivered ? Delivered : pause is null ? GivenUp : Pending;

        await using var work = await database.BeginAsync(Scope.In(endpoint.WorkspaceId), cancellationToken);
        var settled = await work.ExecuteAsync(
            Settle,
            [
                tried.DeliveryId, endpoint.WorkspaceId, (int)tried.Tries, attempt, state, now + pause, Short(answer.Status), state == Pending ? null : (DateTimeOffset?)now,
            ],
            cancellationToken);
        // Given up meanwhile, or another worker's: what it says counts.
        if (settled == 0)
            return Outcome.EndpointFailed;
        await work.ExecuteAsync(
            Log,
            [
                Guid.CreateVersion7(now), tried.DeliveryId, endpoint.WorkspaceId, (short)(tried.Tries + 1), tried.StartedAt, (int)tried.Took.TotalMilliseconds,
                Short(answer.Status), answer.Error, answer.Response,
            ],
            cancellationToken);
        var outcome = answer.IsDelivered
            ? await SucceedAsync(work, endpoint, tried, now, cancellationToken)
            : await FailAsync(work, endpoint, tried, answer, now, cancellationToken);
        await work.CommitAsync(now);
        return outcome;
    }

    private static async Task<Outcome> SucceedAsync(Work work, EndpointJob endpoint, Tried tried, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(Recovered, [endpoint.EndpointId, endpoint.WorkspaceId, now, (int)tried.Took.TotalMilliseconds], cancellationToken);
        return Outcome.Delivered;
    }

    private async Task<Outcome> FailAsync(Work work, EndpointJob endpoint, Tried tried, DeliveryAnswer answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var failing = await work.QueryFirstAsync(
            Failing,
            [endpoint.EndpointId, endpoint.WorkspaceId, now, tried.StartedAt, answer.IsOfEndpoint, (int)tried.Took.TotalMilliseconds, RetrySchedule.Apart],
            cancellationToken);
        if (answer.IsGone || now - failing!.FailingSince >= RetrySchedule.Lasting)
        {
            await DisableAsync(work, endpoint, answer.IsGone ? "gone" : "failing", now, cancellationToken);
            return Outcome.EndpointFailed;
        }
        if (!answer.IsOfEndpoint)
            return Outcome.Refused;
        await work.ExecuteAsync(Rest, [endpoint.EndpointId, now + RetrySchedule.Rest(failing.Failures, answer.Asked)], cancellationToken);
        return Outcome.EndpointFailed;
    }

    private async Task DisableAsync(Work work, EndpointJob endpoint, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await work.QueryFirstAsync(Disable, [endpoint.EndpointId, now, reason], cancellationToken) is null)
            return;
        await work.ExecuteAsync(EndpointSwitch.GiveUp, [endpoint.EndpointId, now], cancellationToken);
        await work.ExecuteAsync(EndpointSwitch.Settle, [endpoint.WorkspaceId], cancellationToken);
        work.AnnounceWebhook(ChangeOp.Update, endpoint.WorkspaceId, endpoint.EndpointId, actor: null);
        work.Record(AuditActions.WebhookDisabled, endpoint.WorkspaceId, endpoint.EndpointId, after: new { reason });
        foreach (var manager in await work.QueryAsync(Managers, [endpoint.WorkspaceId, Gateway.Permissions.RolesFor(Gateway.Permission.ManageWebhooks)], cancellationToken))
            await mails.PutAsync(work, DisabledMail.Kind, new DisabledMail.Notice(endpoint.WorkspaceId, endpoint.EndpointId, manager), cancellationToken);
        work.AfterCommit(() => LogDisabled(endpoint.EndpointId, endpoint.WorkspaceId, reason));
    }

    private static Arg Short(int? status) => status;

    private sealed record FailingRow(int Failures, DateTimeOffset? FailingSince, DateTimeOffset? PausedUntil);

    private sealed record DisabledRow(Guid Id, string Url);

    [LoggerMessage(3402, LogLevel.Warning, "The webhook {EndpointId} of workspace {WorkspaceId} was switched off: {Reason}")]
    private partial void LogDisabled(Guid endpointId, Guid workspaceId, string reason);
}
