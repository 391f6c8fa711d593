namespace Renexus.Browser.Tests;

/// <summary>The machine's clock, ahead by what a test has skipped; timers run as always.</summary>
public sealed class SkippingTime : TimeProvider
{
    private long skipped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref skipped));

    public void Skip(TimeSpan by) => Interlocked.Add(ref skipped, by.Ticks);
}
