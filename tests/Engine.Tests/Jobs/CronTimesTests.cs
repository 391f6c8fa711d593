using System.Globalization;
using Renexus.Engine.Jobs;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-1")]
public sealed class CronTimesTests
{
    /// <summary>Expected slots, by hand: leap days, days that are not in every month, and the clocks going forward and back.</summary>
    [Theory]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-28T01:30Z 2026-03-29T01:00Z 2026-03-30T00:30Z")] // 02:30 does not exist: at the jump, 03:00
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00Z", "2026-10-24T00:30Z 2026-10-25T00:30Z 2026-10-26T01:30Z")] // 02:30 comes twice: the first
    [InlineData("30 1 * * *", "America/New_York", "2026-10-31T12:00Z", "2026-11-01T05:30Z 2026-11-02T06:30Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z 2026-03-29T02:00Z 2026-03-29T03:00Z")] // every real hour, once
    [InlineData("0 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z 2026-10-25T03:00Z")]
    [InlineData("*/30 * * * *", "America/New_York", "2026-11-01T05:00Z", "2026-11-01T05:30Z 2026-11-01T06:00Z 2026-11-01T06:30Z 2026-11-01T07:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z")]
    [InlineData("0 0 31 * *", "UTC", "2026-01-31T00:00Z", "2026-03-31T00:00Z 2026-05-31T00:00Z 2026-07-31T00:00Z 2026-08-31T00:00Z")]
    [InlineData("0 9 * * mon-fri", "Asia/Tokyo", "2026-11-27T12:00Z", "2026-11-30T00:00Z 2026-12-01T00:00Z")]
    [InlineData("0 9 * * 7", "UTC", "2026-11-27T12:00Z", "2026-11-29T09:00Z 2026-12-06T09:00Z")]
    [InlineData("0 12 * * *", "Pacific/Apia", "2011-12-28T00:00Z", "2011-12-28T22:00Z 2011-12-29T22:00Z 2011-12-30T22:00Z")] // a day that never was
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-03T15:30Z 2026-10-04T15:15Z")] // by half an hour
    public void JB20_The_times_of_an_expression_are_those_of_its_zone_also_when_the_clocks_change(string cron, string zone, string after, string expected)
    {
        var times = CronTimes.Parse(cron, zone);
        var at = DateTimeOffset.Parse(after, CultureInfo.InvariantCulture);
        var slots = new List<string>();
        foreach (var _ in expected.Split(' '))
        {
            at = times.NextAfter(at)!.Value;
            slots.Add(at.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, string.Join(' ', slots));
    }

    [Theory]
    [InlineData("0 9 * *", "UTC", "five fields")]
    [InlineData("61 9 * * *", "UTC", "61 9 * * *")]
    [InlineData("0 9 * * *", "Europe/Atlantis", "not a time zone")]
    public void JB20_A_mistake_is_named(string cron, string zone, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => CronTimes.Parse(cron, zone)).Message, StringComparison.Ordinal);
}
