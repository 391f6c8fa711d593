namespace Renexus.Server.Gateway.Idempotency;

/// <summary>Removes requests that are past their day.</summary>
internal sealed class RequestForgetting(RequestMemory memory, TimeProvider clock, ILogger<RequestForgetting> logger)
    : Recurring(TimeSpan.FromMinutes(10), clock, logger)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => memory.ForgetOldAsync(cancellationToken);
}
