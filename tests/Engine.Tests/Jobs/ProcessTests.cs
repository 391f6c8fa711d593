using System.Diagnostics;
using System.Globalization;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>Processes that are killed, that freeze and wake up, and that all do the same at once.</summary>
[Trait("spec", "JB-4")]
public sealed class ProcessTests(TestDatabase database) : JobTest(database)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly JobKind<NoPayload> Kind = new("process.deed", new JobQueue("process"));

    private readonly List<Process> processes = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await SqlAsync("""
            create table if not exists public.deed (job uuid, process integer);
            create table if not exists public.go (yes boolean);
            create table if not exists public.poison (job uuid);
            grant select, insert on public.deed, public.go, public.poison to renexus_app, renexus_log;
            truncate public.deed, public.go, public.poison
            """);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.Dispose();
        }
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fault test 1, with a real kill -9: of two hundred the deed is done and nobody was told. The long mode with the lease of an installation.</summary>
    [Fact]
    public async Task JB15_What_a_killed_process_had_claimed_is_done_by_others_within_a_minute()
    {
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 500));
        var killed = Start("forget");
        await Eventually.TrueAsync("all are claimed, and done in part", Patience, async () =>
            (await StandingAsync()).Running == 500 && await CountAsync("select count(*) from public.deed") == 200);
        killed.Kill();
        await killed.WaitForExitAsync(Cancelled);
        var since = Stopwatch.GetTimestamp();

        var other = Start("do");
        await Eventually.TrueAsync("all are done", Patience, async () => (await StandingAsync()).Done == 500);

        TestContext.Current.TestOutputHelper?.WriteLine($"All 500 were done {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s after the kill.");
        await ConservedAsync(500);
        Assert.Equal(500, await CountAsync($"select count(distinct job) from public.deed where process = {other.Id}"));
        // Twice are those that nobody was told of, and no others.
        Assert.Equal(700, await CountAsync("select count(*) from public.deed"));
    }

    /// <summary>Fault test 14: children end on several processes, and two of those are killed on the way. The long mode has 10 000 on eight.</summary>
    [Fact]
    [Trait("spec", "JB-3")]
    public async Task JB12_A_parent_goes_on_once_when_some_of_the_processes_that_end_its_children_are_killed()
    {
        var (children, workers) = IsLong ? (10_000, 7) : (2_000, 2);
        Guid parent;
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            parent = await Client.EnqueueParentAsync(
                work, Kind, new NoPayload(), [.. Enumerable.Repeat(ChildJob.Of(Kind, new NoPayload()), children)], Cancelled);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }
        var forgetful = Start("forget");
        await Eventually.TrueAsync("it has done some and told nobody", Patience, async () => await CountAsync("select count(*) from public.deed") == 200);
        var others = Enumerable.Range(0, workers).Select(_ => Start("do")).ToArray();
        await Eventually.TrueAsync("a part has ended", Patience, async () => (await StandingAsync()).Done >= children / 10);
        forgetful.Kill();
        others[0].Kill();
        Start("do");

        await Eventually.TrueAsync("the parent is done", Patience * 3, async () => (await Client.FindAsync(parent, Cancelled))?.State == "done");

        Assert.Equal(children + 1, (await ConservedAsync(children + 1)).Done);
        Assert.Equal(1, await CountAsync($"select count(*) from public.deed where job = '{parent}'"));
        Assert.Equal(children + 1, await CountAsync("select count(distinct job) from public.deed"));
        // Twice are those that nobody was told of, and no others.
        Assert.Equal(children + 1 + 200, await CountAsync("select count(*) from public.deed"));
    }

    /// <summary>Fault test 13: told to stop under full load, as when another version takes its place.</summary>
    [Fact]
    [Trait("spec", "RE-5")]
    public async Task JB17_A_process_that_is_told_to_stop_ends_what_it_began_and_leaves_the_rest_untried()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Telling a process to stop takes SIGTERM.");
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 10_000));
        var stopped = Start("slowly");
        await Eventually.TrueAsync("it is at it", Patience, async () => (await StandingAsync()).Done >= 100);

        await SignalAsync(stopped, "TERM");
        await stopped.WaitForExitAsync(Cancelled).WaitAsync(Patience, Cancelled);

        Assert.Equal(0, stopped.ExitCode);
        var standing = await ConservedAsync(10_000);
        Assert.Equal(0, standing.Running);
        Assert.InRange(standing.Waiting, 1, 9_900);
        Assert.Equal(standing.Done, await CountAsync("select count(*) from public.deed"));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.later where attempt <> 0"));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.done where attempt <> 1"));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.worker"));
    }

    /// <summary>Fault test 11, what only a process can show: a job that takes its process along is found out, and the others are done.</summary>
    [Fact]
    public async Task JB16_A_job_that_overflows_the_stack_is_dead_after_its_losses_and_the_others_are_done()
    {
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 50));
        var crashing = Start("crash");
        await Eventually.TrueAsync("the first are done", Patience, async () => (await StandingAsync()).Done == 50);
        var poison = Guid.CreateVersion7();
        await SqlAsync("insert into public.poison values ($1)", poison);
        // It has taken two along before; its third is the one that is enough.
        await SqlAsync("insert into jobs.ready (enqueued_at, id, priority, max_attempts, losses, queue, kind, payload) values (now(), $1, 5, 9, 2, 'process', 'process.deed', '{}')", poison);
        await crashing.WaitForExitAsync(Cancelled).WaitAsync(Patience, Cancelled);
        Assert.NotEqual(0, crashing.ExitCode);
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 50));

        Start("bury");
        await Eventually.TrueAsync("it is dead", Patience * 2, async () =>
        {
            // It comes back at some moment of a minute.
            await SqlAsync("update jobs.later set run_at = least(run_at, now())");
            return (await Client.FindAsync(poison, Cancelled))?.State == "dead";
        });
        await AllEndedAsync(101);

        Assert.Equal(100, (await ConservedAsync(101)).Done);
        Assert.Equal(1, await CountAsync("select count(*) from jobs.dead where losses = 3 and error like '%lost 3 times%'"));
        Assert.Equal(100, await CountAsync("select count(distinct job) from public.deed"));
    }

    /// <summary>Fault test 3, with a real SIGSTOP: it wakes up when others have its jobs, ends them all, and nothing of that counts.</summary>
    [Fact]
    public async Task JB15_A_process_that_froze_cannot_end_what_another_took_and_begins_anew()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Freezing a process takes SIGSTOP.");
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 200));
        var frozen = Start("wait");
        await Eventually.TrueAsync("all are claimed", Patience, async () => (await StandingAsync()).Running == 200);
        await SignalAsync(frozen, "STOP");

        await SqlAsync("insert into public.go values (true)");
        var other = Start("do");
        await Eventually.TrueAsync("the other one has done them all", Patience, async () => (await StandingAsync()).Done == 200);
        other.Kill();
        await SignalAsync(frozen, "CONT");

        // What it is given now, it does, under its new number; so it has been through all that it had.
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 50));
        await Eventually.TrueAsync("it does what is new", Patience, async () => (await StandingAsync()).Done == 250);
        await ConservedAsync(250);
        Assert.Equal(50, await CountAsync($"select count(*) from public.deed where process = {frozen.Id}"));
        Assert.Equal(250, await CountAsync("select count(distinct job) from public.deed"));
        Assert.Equal(250, await CountAsync("select count(*) from public.deed"));
    }

    /// <summary>Fault test 8: through the night in which the clocks go back, with clocks that differ by three minutes.</summary>
    [Fact]
    [Trait("spec", "JB-1")]
    public async Task JB21_Processes_that_start_together_make_each_time_of_a_schedule_once()
    {
        const int Minutes = 70;
        var start = new DateTimeOffset(2026, 10, 25, 0, 25, 0, TimeSpan.Zero);
        var count = IsLong ? 20 : 4;
        var schedulers = Enumerable.Range(0, count).Select(i => Start(
            "schedule", start.ToString("O"), (-90 + (180 * i / (count - 1))).ToString(CultureInfo.InvariantCulture), Minutes.ToString(CultureInfo.InvariantCulture))).ToArray();
        await Eventually.TrueAsync("all are ready to begin", TimeSpan.FromMinutes(2), async () => await CountAsync("select count(distinct process) from public.deed") == count);
        await SqlAsync("insert into public.go values (true)");
        foreach (var scheduler in schedulers)
        {
            await scheduler.WaitForExitAsync(Cancelled).WaitAsync(TimeSpan.FromMinutes(3), Cancelled);
            Assert.Equal(0, scheduler.ExitCode);
        }

        // The first to declare it says from when on; from there on every minute, up to the end by the clock of whoever looked last.
        var slots = await SlotsAsync("process.minute");
        Assert.InRange(slots[0], start - TimeSpan.FromMinutes(2), start + TimeSpan.FromMinutes(3));
        Assert.True(slots[^1] >= start + TimeSpan.FromMinutes(Minutes - 2), $"The last one was {slots[^1]:O}.");
        Assert.Equal(Enumerable.Range(0, slots.Length).Select(i => slots[0] + TimeSpan.FromMinutes(i)), slots);
        // Half past two comes twice that night.
        Assert.Equal([new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero)], await SlotsAsync("process.night"));
    }

    private async Task<DateTimeOffset[]> SlotsAsync(string schedule)
    {
        await using var command = Postgres.Login.CreateCommand("select split_part(unique_key, '@', 2)::timestamptz from jobs.ready where starts_with(unique_key, $1 || '@') order by 1");
        command.Parameters.AddWithValue(schedule);
        await using var rows = await command.ExecuteReaderAsync(Cancelled);
        var slots = new List<DateTimeOffset>();
        while (await rows.ReadAsync(Cancelled))
            slots.Add(new DateTimeOffset(rows.GetDateTime(0)));
        return [.. slots];
    }

    private Process Start(string mode, params string[] more)
    {
        var process = Process.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Renexus.JobProcess.dll"), mode, Postgres.ConnectionString, .. more]);
        processes.Add(process);
        return process;
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process.Id}"]);
        await kill.WaitForExitAsync(Cancelled);
    }
}
