using System.Diagnostics;
using System.Globalization;
using Renexus.Engine.Jobs;
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
            grant select, insert on public.deed, public.go to renexus_app, renexus_log;
            truncate public.deed, public.go
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

    /// <summary>Fault test 1, with a real kill -9.</summary>
    [Fact]
    public async Task JB15_What_a_killed_process_had_claimed_is_done_by_others_within_a_minute()
    {
        await PutAllAsync(Kind, Enumerable.Repeat(new NoPayload(), 500));
        var killed = Start("hang");
        await Eventually.TrueAsync("all are claimed", Patience, async () => (await StandingAsync()).Running == 500);
        killed.Kill();
        await killed.WaitForExitAsync(Cancelled);

        var other = Start("do");
        await Eventually.TrueAsync("all are done", Patience, async () => (await StandingAsync()).Done == 500);

        await ConservedAsync(500);
        Assert.Equal(500, await CountAsync($"select count(distinct job) from public.deed where process = {other.Id}"));
        Assert.Equal(500, await CountAsync("select count(*) from public.deed"));
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
        var count = IsLong ? 20 : 6;
        var schedulers = Enumerable.Range(0, count).Select(i => Start(
            "schedule", start.ToString("O"), (-90 + (180 * i / (count - 1))).ToString(CultureInfo.InvariantCulture), Minutes.ToString(CultureInfo.InvariantCulture))).ToArray();
        await Eventually.TrueAsync("all are ready to begin", TimeSpan.FromMinutes(2), async () => await CountAsync("select count(*) from public.deed") == count);
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
