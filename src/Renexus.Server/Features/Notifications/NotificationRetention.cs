using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Notifications;

/// <summary>Forgets what was read long ago, what nobody ever read, and links of old mails (NT7).</summary>
internal sealed class NotificationRetention(Database database, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("notifications.forget", Queues.Maintenance);

    public static readonly JobSchedule Daily = new("notifications.forget", "23 3 * * *", Kind, new NoPayload());

    private static readonly TimeSpan ReadKept = TimeSpan.FromDays(90);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    private const int AtOnce = 5_000;

    private static readonly Command Forget = new("notifications.forget", """
        delete from notifications.notification
        where id = any (array(
          select n.id from notifications.notification n where n.created_at < $1 or (n.created_at < $2 and n.read_at is not null) order by n.created_at limit $3))
        """);

    private static readonly Command ForgetLinks = new("notifications.forget_links", "delete from notifications.unsubscribe_link where issued_at < $1");

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (removed, count) = (0, 0);
        do
        {
            count = await database.ExecuteLogAsync(Forget, [now - Kept, now - ReadKept, AtOnce], cancellationToken);
            removed += count;
        }
        while (count == AtOnce);
        await database.ExecuteLogAsync(ForgetLinks, [now - Kept], cancellationToken);
        job.SetResult(new { removed });
    }
}
