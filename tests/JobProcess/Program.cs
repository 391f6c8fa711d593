using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.JobProcess;

/// <summary>A process that works on jobs, or makes the recurring ones: for tests that kill, freeze and start many of them.</summary>
internal static class Program
{
    private static readonly JobQueue Queue = new("process") { Concurrency = 200, Prefetch = 800 };
    private static readonly JobKind<NoPayload> Kind = new("process.deed", Queue);

    // What the job does, in the transaction that ends it; and whether those that wait may go on.
    private static readonly Command Deed = new("process.deed", "insert into public.deed (job, process) values ($1, $2)");
    private static readonly Query<bool> IsPoison = new("process.is_poison", "select exists (select from public.poison where job = $1)");
    private static readonly Query<bool> MayGoOn = new("process.may_go_on", "select exists (select from public.go)");

    private static readonly TimeSpan Slowly = TimeSpan.FromMilliseconds(200);

    private static async Task Main(string[] args)
    {
        using var database = TestDatabase.NodeOn(args[1]);
        await (args[0] == "schedule" ? ScheduleAsync(database, args) : WorkAsync(database, mode: args[0]));
    }

    /// <param name="mode">
    /// <c>do</c>; <c>slowly</c>; <c>forget</c>: says of none that it is done; <c>wait</c>: not before it may; <c>crash</c>: poison ends the process; <c>bury</c>: what ended
    /// one before is dead.
    /// </param>
    private static async Task WorkAsync(Database database, string mode)
    {
        var definition = JobDefinition.Of(Kind, async (_, job, cancellationToken) =>
        {
            if (mode == "forget")
            {
                await database.ExecuteAsync(Scope.None, Deed, [job.Id, Environment.ProcessId], cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            if (mode == "crash" && await database.QueryFirstAsync(Scope.None, IsPoison, [job.Id], cancellationToken))
                Overflow(0);
            if (mode == "slowly")
                await Task.Delay(Slowly, TimeProvider.System, CancellationToken.None);
            while (mode == "wait" && !(await database.QueryLogAsync(MayGoOn, [], cancellationToken))[0])
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            await using var work = await database.BeginAsync(Scope.None, cancellationToken);
            await work.ExecuteAsync(Deed, [job.Id, Environment.ProcessId], cancellationToken);
            await job.CompleteAsync(work, cancellationToken);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        });
        var options = new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = $"process {Environment.ProcessId}", PoisonAfter = mode == "bury" ? 3 : 5 };
        // The long mode waits as long as an installation does, and so does one that must not be taken for dead on a busy machine.
        if (mode != "slowly" && Environment.GetEnvironmentVariable("RENEXUS_LONG") is not "1")
            options = options with { Lease = TimeSpan.FromSeconds(3), BeatEvery = TimeSpan.FromMilliseconds(500), RescueEvery = TimeSpan.FromMilliseconds(500) };
        using var told = new SemaphoreSlim(0);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            told.Release();
        });
        await using var hints = new HintBus(database, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
        hints.Start();
        var client = new JobClient(database, hints, TimeProvider.System);
        await using var worker = new JobWorker(database, hints, client, [definition], static (_, _) => { }, options, TimeProvider.System, NullLogger<JobWorker>.Instance);
        await PatientlyAsync(() => worker.StartAsync(CancellationToken.None));
        await told.WaitAsync();
    }

    private static int Overflow(int depth) => depth == int.MaxValue ? 0 : Overflow(depth + 1) + depth;

    /// <summary>Goes through some minutes a tick for each, by a clock that is ahead of the others' or behind.</summary>
    private static async Task ScheduleAsync(Database database, string[] args)
    {
        var clock = new FakeTime(DateTimeOffset.Parse(args[2], CultureInfo.InvariantCulture));
        var (skew, minutes) = (TimeSpan.FromSeconds(int.Parse(args[3], CultureInfo.InvariantCulture)), int.Parse(args[4], CultureInfo.InvariantCulture));
        await using var hints = new HintBus(database, Guid.CreateVersion7(), clock, NullLogger<HintBus>.Instance);
        JobSchedule[] schedules =
        [
            new("process.minute", "* * * * *", Kind, new NoPayload()) { Missed = MissedTimes.Each },
            new("process.night", "30 2 * * *", Kind, new NoPayload()) { Missed = MissedTimes.Each, Zone = "Europe/Berlin" },
        ];
        await using var scheduler = new JobScheduler(
            database, new JobClient(database, hints, clock), [JobDefinition.Of(Kind, static (_, _, _) => Task.CompletedTask)], schedules, clock, NullLogger<JobScheduler>.Instance);
        clock.Advance(skew);

        // At once: whoever starts says so and waits for the others.
        await PatientlyAsync(() => database.ExecuteAsync(Scope.None, Deed, [Guid.Empty, Environment.ProcessId], CancellationToken.None));
        for (var mayGoOn = false; !mayGoOn;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            await PatientlyAsync(async () => mayGoOn = (await database.QueryLogAsync(MayGoOn, [], CancellationToken.None))[0]);
        }
        await PatientlyAsync(() => scheduler.DeclareAsync(CancellationToken.None));
        for (var minute = 0; minute <= minutes; minute++)
        {
            await PatientlyAsync(() => scheduler.TickAsync(CancellationToken.None));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>As a server that runs: again, when the machine is so busy that one waits too long for another.</summary>
    private static async Task PatientlyAsync(Func<Task> deed)
    {
        for (var isDone = false; !isDone;)
        {
            try
            {
                await deed();
                isDone = true;
            }
            catch (NpgsqlException e) when (e.IsTransient || e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled })
            {
            }
        }
    }
}
