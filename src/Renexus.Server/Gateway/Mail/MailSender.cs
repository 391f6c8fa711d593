using System.Net.Mail;
using System.Text.Json;
using Renexus.Engine.Jobs;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Sends a mail as a job. What the server has taken is never handed over again. Where its answer was lost nobody knows whether it has: then the same mail goes again,
/// with the same Message-ID, by which mailboxes tell a copy. The alternative would lose mails; the RFCs choose the same (RFC 5321, 4.2.5).
/// </summary>
internal sealed partial class MailSender(Mailer mailer, MailLetters letters, ILogger<MailSender> logger)
{
    public async Task SendAsync(MailWriter write, JsonElement data, JobContext job, CancellationToken cancellationToken)
    {
        // 1. What it says: what it said before, or what is true now. Its tokens are made now.
        var (text, isSent) = await letters.FindAsync(job.Id, cancellationToken);
        if (!isSent)
        {
            if (text is null)
            {
                text = await write(data, cancellationToken);
                if (text is null)
                {
                    job.SetResult(new { outcome = "dropped" });
                    return;
                }
                await letters.KeepAsync(job.Id, text, cancellationToken);
            }

            // 2. Hand it over.
            await HandOverAsync(job, text, cancellationToken);
            await letters.SentAsync(job.Id);
        }

        // 3. Done. A process that dies before this is known finds that it was sent.
        job.SetResult(new { outcome = "sent" });
    }

    private async Task HandOverAsync(JobContext job, MailText text, CancellationToken cancellationToken)
    {
        try
        {
            await mailer.SendAsync(job.Id, text, cancellationToken);
        }
        catch (FormatException e)
        {
            await letters.TearAsync(job.Id);
            throw new JobFailedException(e.Message, e);
        }
        catch (SmtpException e) when (SmtpReply.Of(e) is { } reply)
        {
            await letters.TearAsync(job.Id);
            if (reply.IsLasting)
                throw new JobFailedException($"The mail server refuses it for good: {reply.Text}", e);
            throw new MailDelayedException($"The mail server does not take it now: {reply.Text}", e);
        }
        catch (SmtpException e) when (SmtpReply.WasNeverReached(e))
        {
            await letters.TearAsync(job.Id);
            throw new MailDelayedException($"The mail server cannot be reached: {e.GetBaseException().Message}", e);
        }
        catch (OperationCanceledException)
        {
            LogNobodyKnows(job.Id, job.Attempt);
            throw;
        }
        catch (Exception e) when (e is SmtpException or IOException)
        {
            LogNobodyKnows(job.Id, job.Attempt);
            throw new MailDelayedException($"The mail server did not answer to the end: {e.GetBaseException().Message} The same mail goes again, with the same Message-ID.", e);
        }
    }

    [LoggerMessage(2903, LogLevel.Warning, "Whether the mail server has taken mail {MailId} at attempt {Attempt} is unknown; the same goes again, under the same Message-ID")]
    private partial void LogNobodyKnows(Guid mailId, int attempt);
}

/// <summary>A mail did not go out this time.</summary>
internal sealed class MailDelayedException(string message, Exception innerException) : Exception(message, innerException);
