namespace Renexus.Engine.Realtime;

/// <summary>How a node keeps level with the others.</summary>
public sealed record HubOptions
{
    /// <summary>How often positions are compared; the bound on how late a change can be when its hint was lost.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a read that failed.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
