using Renexus.Client.Realtime;

namespace Renexus.Client.Tests.Realtime;

[Trait("spec", "RT-6")]
public sealed class BackoffTests
{
    [Fact]
    public void The_wait_doubles_up_to_the_longest_and_starts_over_after_success()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), () => 0);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(_ => backoff.Next().TotalSeconds));
        backoff.Reset();
        Assert.Equal(1, backoff.Next().TotalSeconds);
    }

    [Fact]
    public void Jitter_takes_up_to_half_of_it()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), () => 0.999);

        Assert.All([1, 2, 4, 8, 16, 30], whole => Assert.InRange(backoff.Next().TotalSeconds, whole * 0.5, whole * 0.51));
    }

    [Fact]
    public void A_thousand_attempts_still_wait_the_longest()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), () => 0);

        var waits = Enumerable.Range(0, 1000).Select(_ => backoff.Next()).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(30), waits[^1]);
    }
}
