using System.Net;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Limits;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

[Trait("spec", "GW-4")]
public sealed class LimiterTests
{
    private static readonly LimitKey Ada = LimitKey.Of(Guid.CreateVersion7());
    private static readonly LimitKey Bob = LimitKey.Of(Guid.CreateVersion7());

    private readonly FakeTime clock = new();

    [Fact]
    public void A_burst_is_taken_and_the_next_refused_with_the_time_to_wait()
    {
        var limiter = New(new LimitOptions { MessagesPerMinute = 60, MessagesBurst = 30 });

        Assert.All(Enumerable.Range(0, 30), _ => Assert.True(Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed));
        Assert.Equal(new LimitState(IsAllowed: false, TimeSpan.FromSeconds(1), Remaining: 0), Now(limiter.TakeAsync(Limit.Messages, Ada)));
    }

    [Fact]
    public void Whoever_waits_as_told_is_served()
    {
        var limiter = New(new LimitOptions { AuthenticationPerMinute = 10 });
        while (Now(limiter.TakeAsync(Limit.Authentication, Ada)).IsAllowed)
        {
        }

        clock.Advance(Now(limiter.TakeAsync(Limit.Authentication, Ada)).RetryAfter);

        Assert.True(Now(limiter.TakeAsync(Limit.Authentication, Ada)).IsAllowed);
        Assert.False(Now(limiter.TakeAsync(Limit.Authentication, Ada)).IsAllowed);
    }

    [Fact]
    public void A_steady_sender_at_the_limit_is_never_refused()
    {
        var limiter = New(new LimitOptions());
        for (var i = 0; i < 600; i++)
        {
            Assert.True(Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Nobody_gets_more_than_the_burst_and_the_rate()
    {
        var limiter = New(new LimitOptions());
        var taken = 0;
        for (var i = 0; i < 6000; i++)
        {
            taken += Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed ? 1 : 0;
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(taken, 30 + 590, 30 + 600);
    }

    [Fact]
    public void Keys_and_limits_do_not_touch_each_other()
    {
        var limiter = New(new LimitOptions { MessagesPerMinute = 1, WritesPerMinute = 1 });

        Assert.True(Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed);
        Assert.True(Now(limiter.TakeAsync(Limit.Messages, Bob)).IsAllowed);
        Assert.True(Now(limiter.TakeAsync(Limit.Writes, Ada)).IsAllowed);
        Assert.False(Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed);
    }

    [Fact]
    public void Zero_means_no_limit()
    {
        var limiter = New(new LimitOptions { MessagesPerMinute = 0 });

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed));
    }

    [Fact]
    public async Task A_granted_allowance_is_spent_once_and_granting_again_does_not_add_up()
    {
        var limiter = New(new LimitOptions { MessagesPerMinute = 1 });
        await limiter.GrantAsync(Limit.Messages, Ada, 5);
        await limiter.GrantAsync(Limit.Messages, Ada, 5);

        Assert.Equal(6, Enumerable.Range(0, 20).Count(_ => Now(limiter.TakeAsync(Limit.Messages, Ada)).IsAllowed));
        Assert.True(Now(limiter.TakeAsync(Limit.Messages, Bob)).IsAllowed);
    }

    [Fact]
    public void Looking_spends_nothing()
    {
        var limiter = New(new LimitOptions { WritesPerMinute = 1 });

        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(Now(limiter.LookAsync(Limit.Writes, Ada)).IsAllowed));
        Assert.True(Now(limiter.TakeAsync(Limit.Writes, Ada)).IsAllowed);
        Assert.False(Now(limiter.LookAsync(Limit.Writes, Ada)).IsAllowed);
    }

    [Fact]
    public void A_key_in_use_is_remembered_however_long_it_goes_on()
    {
        var limiter = New(new LimitOptions { AuthenticationPerMinute = 2 });
        var taken = 0;
        for (var second = 0; second < 600; second++)
        {
            taken += Now(limiter.TakeAsync(Limit.Authentication, Ada)).IsAllowed ? 1 : 0;
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(taken, 20, 22);
    }

    [Fact]
    public async Task Many_at_once_get_exactly_what_there_is()
    {
        var limiter = New(new LimitOptions { WritesPerMinute = 600 });
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 500).Count(_ => Now(limiter.TakeAsync(Limit.Writes, Ada)).IsAllowed))));

        Assert.Equal(600, taken.Sum());
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void An_address_counts_as_what_one_customer_has(string one, string other, bool isSame) =>
        Assert.Equal(isSame, LimitKey.Of(IPAddress.Parse(one)) == LimitKey.Of(IPAddress.Parse(other)));

    // A node by itself makes nobody wait.
    private static LimitState Now(ValueTask<LimitState> asked)
    {
        Assert.True(asked.IsCompletedSuccessfully);
        return asked.Result;
    }

    private Limiter New(LimitOptions limits) => new(new RenexusOptions { Limits = limits }, clock);
}
