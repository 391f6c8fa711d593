using Renexus.Engine.Jobs;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-3")]
public sealed class RetryPolicyTests
{
    [Fact]
    public void JB10_The_pause_grows_to_its_limit_and_is_never_the_same()
    {
        var policy = new RetryPolicy { First = TimeSpan.FromSeconds(5), Factor = 4, Longest = TimeSpan.FromHours(1) };

        Assert.Equal([2.5, 10, 40, 160, 640, 1800, 1800], Enumerable.Range(1, 7).Select(attempt => policy.PauseAfter(attempt, 0).TotalSeconds));
        Assert.Equal([5, 20, 80, 320, 1280, 3600, 3600], Enumerable.Range(1, 7).Select(attempt => policy.PauseAfter(attempt, 1).TotalSeconds));
    }
}
