using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Notifications;

/// <summary>
/// Digests (NT6): every quarter of an hour somebody looks whose is due, and each of those is a job. What goes into one is marked in the transaction that puts the mail in and
/// ends the job, so that nothing is in two digests, and nothing in none.
/// </summary>
internal sealed class Digests(Database database, JobClient jobs, MailOutbox outbox, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Look = new("notifications.digests", Queues.Maintenance);

    public static readonly JobSchedule Quarterly = new("notifications.digests", "*/15 * * * *", Look, new NoPayload());

    public static readonly JobKind<DueDigest> Kind = new("notifications.digest", Queues.Email);

    /// <param name="Until">What is older goes in.</param>
    internal sealed record DueDigest(Guid UserId, DateTimeOffset Until);

    private sealed record Waiting(Guid Id, bool IsRead);

    private static readonly Query<DueDigest> Due = new("notifications.due_digests", "select user_id, until from notifications.due_digests($1)");

    private static readonly Query<Waiting> Take = new("notifications.take_for_digest", """
        update notifications.notification n set digest = 2
        where n.user_id = $1 and n.digest = 1 and n.created_at < $2
        returning n.id, n.read_at is not null as is_read
        """);

    public async Task LookAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var due = await database.QueryLogAsync(Due, [clock.GetUtcNow()], cancellationToken);
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await jobs.EnqueueAllAsync(
            work, Kind, due, cancellationToken, one => new JobOptions { ForNobody = true, Unique = new UniqueKey($"{Kind.Name}:{one.UserId:n}") });
        job.SetResult(new { due = due.Count });
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    public async Task SendAsync(DueDigest due, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(due.UserId), cancellationToken);
        var unread = (await work.QueryAsync(Take, [due.UserId, due.Until], cancellationToken)).Where(one => !one.IsRead).Select(one => one.Id).OrderDescending().ToArray();
        if (unread.Length > 0)
        {
            var shown = unread.Take(NotificationMails.MostShown).ToArray();
            await outbox.PutAsync(work, NotificationMails.Many, new { due.UserId, ids = shown, more = unread.Length - shown.Length }, cancellationToken);
        }
        job.SetResult(new { notifications = unread.Length });
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }
}
