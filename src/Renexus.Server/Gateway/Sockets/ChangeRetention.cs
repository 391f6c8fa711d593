using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>Removes changes that are past their retention, a batch at a time (CH9).</summary>
internal sealed class ChangeRetention(ChangeLog log, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("changes.trim", Queues.Maintenance) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule Hourly = new("changes.trim", "23 * * * *", Kind, new NoPayload());

    private const int AtOnce = 5_000;

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Database.ChangeRetention;
        int removed, total = 0;
        do
        {
            removed = await log.TrimAsync(before, AtOnce, cancellationToken);
            total += removed;
        }
        while (removed >= AtOnce);
        job.SetResult(new { removed = total });
    }
}
