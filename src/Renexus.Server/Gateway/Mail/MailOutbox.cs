using System.Text.Json;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Where operations leave mails: in their own transaction, so that what did not happen is told to nobody, and what happened is told even if
/// this process ends the moment after. Each is a job, done by <see cref="MailSender"/>.
/// </summary>
internal sealed class MailOutbox(JobClient jobs)
{
    // A mail is the business of who gets it; the job is not to tell for days who caused it.
    private static readonly JobOptions ForNobody = new() { ForNobody = true };

    /// <param name="kind">One that a feature has registered with <see cref="MailKinds.AddMailKind"/>.</param>
    /// <param name="data">Ids and what else its writer needs; nothing secret.</param>
    public Task<EnqueuedJob> PutAsync(Work work, string kind, object data, CancellationToken cancellationToken, JobOptions? options = null) =>
        jobs.EnqueueAsync(work, MailKinds.Of(kind), JsonSerializer.SerializeToElement(data, Json.Options), cancellationToken, options ?? ForNobody);
}
