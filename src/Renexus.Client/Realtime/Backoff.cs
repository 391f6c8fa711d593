namespace Renexus.Client.Realtime;

/// <summary>1 s, 2 s, 4 s, 8 s … up to a limit, each shortened by up to a half so that clients do not return in step (RT-6).</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Func<double> jitter)
{
    private int attempts;

    public TimeSpan Next()
    {
        // 2^20 times the first delay is over any limit worth setting.
        var whole = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(attempts++, 20)), longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (1 - (jitter() / 2)));
    }

    public void Reset() => attempts = 0;
}
