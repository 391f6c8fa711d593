using System.Collections.Frozen;
using System.Net.Mail;
using System.Text.Json;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Sends what lies in the outbox, each mail at most once however many nodes do this. A node claims a mail for a while; whoever claims it next
/// has a higher number, and what the slower one says about it is not heard. That the mail server is about to get it is written down first: after
/// a crash in between nobody knows whether it went out, and it is not sent again.
/// </summary>
internal sealed partial class MailSender(
    Database database, MailOutbox outbox, Mailer mailer, IEnumerable<MailKind> kinds, RenexusOptions options, TimeProvider clock, ILogger<MailSender> logger)
    : BackgroundService
{
    public const int MaxAttempts = 10;

    private const int AtOnce = 20;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HandOverLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan Tidying = TimeSpan.FromHours(1);

    private sealed record Waiting(Guid Id, string Kind, string Data, int Attempts, bool WasHandedOver);

    private static readonly Query<Waiting> ClaimDue = new("mail.claim", """
        update mail.outbox o
        set attempts = o.attempts + 1, claimed_until = $2
        where o.id in (
          select w.id from mail.outbox w
          where w.settled_at is null and w.due_at <= $1 and (w.claimed_until is null or w.claimed_until < $1)
          order by w.due_at limit $3
          for update skip locked)
        returning o.id, o.kind, o.data::text as data, o.attempts, o.handed_over_at is not null as was_handed_over
        """);

    private static readonly Command HandOver = new("mail.hand_over", """
        update mail.outbox set handed_over_at = $3 where id = $1 and attempts = $2 and settled_at is null
        """);

    private static readonly Command Settle = new("mail.settle", """
        update mail.outbox set settled_at = $3, outcome = $4, last_error = $5 where id = $1 and attempts = $2 and settled_at is null
        """);

    private static readonly Command Retry = new("mail.retry", """
        update mail.outbox set due_at = $3, claimed_until = null, handed_over_at = null, last_error = $4
        where id = $1 and attempts = $2 and settled_at is null
        """);

    private static readonly Command Forget = new("mail.forget", """
        delete from mail.outbox
        where ctid = any (array(select o.ctid from mail.outbox o where o.settled_at < $1 order by o.settled_at limit 1000))
        """);

    private readonly FrozenDictionary<string, MailKind> writers = kinds.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);
    private DateTimeOffset forgetAt;
    private bool isBlind;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Has(ProcessRoles.Worker))
            return;

        try
        {
            while (true)
            {
                if (await TrySendDueAsync(stoppingToken) < AtOnce)
                    await outbox.WaitAsync(Poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private async Task<int> TrySendDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            var count = await SendDueAsync(cancellationToken);
            isBlind = false;
            return count;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Said once for each outage; what waits, waits.
            if (!isBlind)
                LogUnknown(e);
            isBlind = true;
            return 0;
        }
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.QueryLogAsync(ClaimDue, [now, now + Claim, AtOnce], cancellationToken);
        // What has been claimed is finished, shutting down or not: each takes seconds at the most.
        foreach (var mail in due)
            await SendAsync(mail);
        if (now >= forgetAt)
        {
            forgetAt = now + Tidying;
            await database.ExecuteLogAsync(Forget, [now - Kept], cancellationToken);
        }

        return due.Count;
    }

    private async Task SendAsync(Waiting mail)
    {
        if (mail.WasHandedOver)
        {
            LogNobodyKnows(mail.Id, mail.Kind);
            await SettleAsync(mail, "unknown", "The server ended while it handed the mail over.");
            return;
        }

        var isHandedOver = false;
        // In real time: it is the network that is waited for.
        using var limit = new CancellationTokenSource(HandOverLimit);
        try
        {
            // 1. What it says. Its tokens are made now.
            if (await WriteAsync(mail, limit.Token) is not { } text)
            {
                await SettleAsync(mail, "dropped", error: null);
                return;
            }

            // 2. From here on it is not sent again unless it surely was not sent.
            if (await database.ExecuteLogAsync(HandOver, [mail.Id, mail.Attempts, clock.GetUtcNow()], CancellationToken.None) == 0)
                return;
            isHandedOver = true;
            await mailer.SendAsync(mail.Id, text, limit.Token);

            // 3. Done.
            await SettleAsync(mail, "sent", error: null);
        }
        catch (OperationCanceledException) when (isHandedOver)
        {
            LogNobodyKnows(mail.Id, mail.Kind);
            await SettleAsync(mail, "unknown", "The mail server did not answer in time.");
        }
        catch (Exception e) when (e is not NpgsqlException)
        {
            await TryAgainAsync(mail, e);
        }
    }

    private Task<MailText?> WriteAsync(Waiting mail, CancellationToken cancellationToken) =>
        writers.TryGetValue(mail.Kind, out var kind)
            ? kind.WriteAsync(JsonElement.Parse(mail.Data), cancellationToken)
            : throw new InvalidOperationException($"Nobody writes mails of the kind {mail.Kind}.");

    private async Task TryAgainAsync(Waiting mail, Exception failure)
    {
        // What no server would ever take is not offered again.
        var isHopeless = failure is FormatException or SmtpFailedRecipientException { StatusCode: SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed };
        if (isHopeless || mail.Attempts >= MaxAttempts)
        {
            LogFailed(failure, mail.Id, mail.Kind, mail.Attempts);
            await SettleAsync(mail, "failed", failure.Message);
            return;
        }

        LogLater(failure, mail.Id, mail.Kind, mail.Attempts);
        await database.ExecuteLogAsync(Retry, [mail.Id, mail.Attempts, clock.GetUtcNow() + PauseAfter(mail.Attempts), failure.Message], CancellationToken.None);
    }

    private Task<int> SettleAsync(Waiting mail, string outcome, string? error) =>
        database.ExecuteLogAsync(Settle, [mail.Id, mail.Attempts, clock.GetUtcNow(), outcome, error], CancellationToken.None);

    // 5, 20, 80 … seconds, then every hour.
    internal static TimeSpan PauseAfter(int attempts)
    {
        var pause = FirstPause * Math.Pow(4, attempts - 1);
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(2901, LogLevel.Error, "Mail {MailId} ({Kind}) could not be sent in {Attempts} attempts and is given up")]
    private partial void LogFailed(Exception exception, Guid mailId, string kind, int attempts);

    [LoggerMessage(2902, LogLevel.Warning, "Mail {MailId} ({Kind}) could not be sent in attempt {Attempts}; it is tried again")]
    private partial void LogLater(Exception exception, Guid mailId, string kind, int attempts);

    [LoggerMessage(2903, LogLevel.Error, "Whether mail {MailId} ({Kind}) went out is unknown; it is not sent again")]
    private partial void LogNobodyKnows(Guid mailId, string kind);

    [LoggerMessage(2904, LogLevel.Warning, "The outbox could not be read; asking again")]
    private partial void LogUnknown(Exception exception);
}
