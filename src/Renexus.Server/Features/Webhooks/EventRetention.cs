using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Forgets events after their time, with what became of them, a batch at a time.</summary>
internal sealed class EventRetention(Database database, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("webhooks.forget", Queues.Maintenance) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule Hourly = new("webhooks.forget", "23 * * * *", Kind, new NoPayload());

    /// <summary>How long what was sent can be looked at and sent again.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int AtOnce = 500;

    private static readonly Command Forget = new("webhooks.forget", """
        delete from webhooks.event v
        where v.id = any (array(select o.id from webhooks.event o where o.created_at < $1 order by o.created_at limit $2))
        """);

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var (removed, before) = (0, clock.GetUtcNow() - Kept);
        for (var batch = AtOnce; batch == AtOnce; removed += batch)
            batch = await database.ExecuteLogAsync(Forget, [before, AtOnce], cancellationToken);
        job.SetResult(new { removed });
    }
}
