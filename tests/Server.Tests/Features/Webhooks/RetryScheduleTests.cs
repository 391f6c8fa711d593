using Renexus.Server.Features.Webhooks.Delivering;

namespace Renexus.Server.Tests.Features.Webhooks;

[Trait("spec", "WH-2")]
public sealed class RetryScheduleTests
{
    [Fact]
    public void A_delivery_is_tried_eight_times_within_a_little_more_than_a_day_the_first_time_again_within_ten_seconds()
    {
        var pauses = Enumerable.Range(1, RetrySchedule.Attempts - 1).Select(attempt => RetrySchedule.After(attempt, asked: null, random: 0)!.Value).ToArray();

        Assert.Equal(7, pauses.Length);
        Assert.Equal(TimeSpan.FromSeconds(5), pauses[0]);
        Assert.InRange(pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause), TimeSpan.FromHours(27), TimeSpan.FromHours(28));
        Assert.Equal(TimeSpan.FromSeconds(6), RetrySchedule.After(1, asked: null, random: 1));
        Assert.Null(RetrySchedule.After(RetrySchedule.Attempts, asked: TimeSpan.FromMinutes(1), random: 0));
    }

    [Fact]
    public void What_an_endpoint_asks_for_counts_where_it_is_longer_and_no_more_than_an_hour()
    {
        Assert.Equal(TimeSpan.FromMinutes(2), RetrySchedule.After(1, TimeSpan.FromMinutes(2), random: 0));
        Assert.Equal(TimeSpan.FromMinutes(5), RetrySchedule.After(2, TimeSpan.FromSeconds(1), random: 0));
        Assert.Equal(TimeSpan.FromHours(1), RetrySchedule.After(1, TimeSpan.FromDays(400), random: 0));
        Assert.Equal(TimeSpan.FromHours(1), RetrySchedule.Rest(1, TimeSpan.FromDays(400)));
    }

    [Fact]
    public void An_endpoint_that_goes_on_failing_is_left_alone_for_longer_up_to_five_minutes()
    {
        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], Enumerable.Range(1, 8).Select(failures => RetrySchedule.Rest(failures, asked: null).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(5), RetrySchedule.Rest(int.MaxValue, asked: null));
    }
}
