using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Jobs;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-1")]
public sealed class ScheduleTests(TestDatabase database) : JobTest(database)
{
    private static readonly JobKind<NoPayload> Kind = new("test.tick", new JobQueue("test"));

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

    /// <summary>Fault test 9: the rules of a zone change, as they do by law now and then, and a server is started that knows the new ones.</summary>
    [Fact]
    public async Task JB20_A_time_that_was_reckoned_by_old_rules_of_its_zone_is_reckoned_anew()
    {
        var clock = new FakeTime();
        JobScheduler New() => new(Database, Client, [Does(Kind, (_, _, _) => Task.CompletedTask)],
            [new JobSchedule("test.morning", "0 8 * * *", Kind, new NoPayload()) { Zone = "Europe/Berlin" }], clock, NullLogger<JobScheduler>.Instance);
        await New().DeclareAsync(Cancelled);
        clock.Advance(TimeSpan.FromDays(1));
        await New().TickAsync(Cancelled);
        await SqlAsync("update jobs.schedule set next_at = next_at + interval '1 hour'");

        await New().DeclareAsync(Cancelled);

        Assert.Equal(1, await CountAsync("select count(*) from jobs.schedule where next_at = '2026-11-23T07:00Z' and last_at = '2026-11-22T07:00Z'"));
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
