using Renexus.Engine.Jobs;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Gateway.Idempotency;

/// <summary>Removes requests that are past their day.</summary>
internal sealed class RequestForgetting(RequestMemory memory)
{
    public static readonly JobKind<NoPayload> Kind = new("gateway.forget_requests", Queues.Maintenance);

    public static readonly JobSchedule EveryTenMinutes = new("gateway.forget_requests", "*/10 * * * *", Kind, new NoPayload());

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await memory.ForgetOldAsync(cancellationToken) });
}
