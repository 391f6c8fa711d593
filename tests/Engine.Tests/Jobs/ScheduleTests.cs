using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Jobs;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-1")]
public sealed class ScheduleTests(TestDatabase database) : JobTest(database)
{
    private static readonly JobKind<NoPayload> Kind = new("test.tick", new JobQueue("test"));

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
        var at = DateTimeOffset.Parse(after, System.Globalization.CultureInfo.InvariantCulture);
        var slots = new List<string>();
        foreach (var _ in expected.Split(' '))
        {
            at = times.NextAfter(at)!.Value;
            slots.Add(at.ToString("yyyy-MM-dd'T'HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, string.Join(' ', slots));
    }

    [Theory]
    [InlineData("0 9 * *", "UTC", "five fields")]
    [InlineData("61 9 * * *", "UTC", "61 9 * * *")]
    [InlineData("0 9 * * *", "Europe/Atlantis", "not a time zone")]
    public void JB20_A_mistake_is_named(string cron, string zone, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => CronTimes.Parse(cron, zone)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task JB21_However_many_schedulers_look_each_time_makes_one_job()
    {
        // A day over the change of the clocks, a quarter of an hour at a time, by schedulers whose clocks differ by minutes.
        var start = new DateTimeOffset(2026, 10, 24, 12, 5, 0, TimeSpan.Zero);
        const int Schedulers = 20;
        JobSchedule[] schedules =
        [
            new("test.quarterly", "*/15 * * * *", Kind, new NoPayload()) { Missed = MissedTimes.Each },
            new("test.nightly", "30 2 * * *", Kind, new NoPayload()) { Zone = "Europe/Berlin", Missed = MissedTimes.Each },
        ];
        var clocks = Enumerable.Range(0, Schedulers).Select(i => new FakeTime(start + TimeSpan.FromSeconds((i - 10) * 9))).ToArray();
        var running = clocks.Select(clock => new JobScheduler(
            Database, new JobClient(Database, new(Database, Guid.CreateVersion7(), clock, NullLogger<Renexus.Engine.Changes.HintBus>.Instance), clock),
            [Does(Kind, (_, _, _) => Task.CompletedTask)], schedules, clock, NullLogger<JobScheduler>.Instance)).ToArray();
        await Task.WhenAll(running.Select(scheduler => scheduler.DeclareAsync(Cancelled)));

        for (var quarter = 0; quarter < 96; quarter++)
        {
            foreach (var clock in clocks)
                clock.Advance(TimeSpan.FromMinutes(15));
            await Task.WhenAll(running.Select(scheduler => scheduler.TickAsync(Cancelled)));
        }

        Assert.Equal(96 + 1, await CountAsync("select count(*) from jobs.ready"));
        Assert.Equal(96 + 1, await CountAsync("select count(distinct unique_key) from jobs.ready"));
        Assert.Equal(1, await CountAsync("select count(*) from jobs.ready where unique_key like 'test.nightly@2026-10-25T00:30%'"));
    }

    [Theory]
    [InlineData(MissedTimes.Skip, 0)]
    [InlineData(MissedTimes.Once, 1)]
    [InlineData(MissedTimes.Each, 5)]
    public async Task JB22_Times_at_which_nobody_ran_are_skipped_made_up_for_once_or_each(MissedTimes missed, int expected)
    {
        var clock = new FakeTime();
        JobScheduler New() => new(Database, Client, [Does(Kind, (_, _, _) => Task.CompletedTask)],
            [new JobSchedule("test.hourly", "0 * * * *", Kind, new NoPayload()) { Missed = missed }], clock, NullLogger<JobScheduler>.Instance);
        await New().DeclareAsync(Cancelled);
        clock.Advance(TimeSpan.FromHours(1));
        await New().TickAsync(Cancelled);
        Assert.Equal(1, await CountAsync("select count(*) from jobs.ready"));

        clock.Advance(TimeSpan.FromHours(5) + TimeSpan.FromMinutes(20));
        var restarted = New();
        await restarted.DeclareAsync(Cancelled);
        await restarted.TickAsync(Cancelled);
        await restarted.TickAsync(Cancelled);

        Assert.Equal(1 + expected, await CountAsync("select count(*) from jobs.ready"));
        clock.Advance(TimeSpan.FromMinutes(40));
        await restarted.TickAsync(Cancelled);
        Assert.Equal(2 + expected, await CountAsync("select count(*) from jobs.ready"));
    }

    [Fact]
    public async Task JB23_A_schedule_that_the_code_no_longer_has_is_gone_and_one_put_in_at_run_time_stays()
    {
        var clock = new FakeTime();
        var kinds = new[] { Does(Kind, (_, _, _) => Task.CompletedTask) };
        var old = new JobScheduler(Database, Client, kinds, [new JobSchedule("test.old", "0 * * * *", Kind, new NoPayload())], clock, NullLogger<JobScheduler>.Instance);
        await old.DeclareAsync(Cancelled);
        await using (var work = await Database.BeginAsync(Renexus.Engine.Storage.Scope.None, Cancelled))
        {
            await old.PutAsync(work, new JobSchedule("test.mine", "0 8 * * *", Kind, new NoPayload()) { Zone = "Europe/Berlin" }, Cancelled);
            await work.CommitAsync(clock.GetUtcNow());
        }

        await new JobScheduler(Database, Client, kinds, [], clock, NullLogger<JobScheduler>.Instance).DeclareAsync(Cancelled);

        Assert.Equal(0, await CountAsync("select count(*) from jobs.schedule where name = 'test.old'"));
        Assert.Equal(1, await CountAsync("select count(*) from jobs.schedule where name = 'test.mine' and next_at = '2026-11-22T07:00Z'"));
    }
}
