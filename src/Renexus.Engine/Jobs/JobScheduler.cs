using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Jobs;

/// <summary>
/// Makes recurring jobs when they are due. There is no leader: every scheduler looks, and what makes a time happen once is the unique key of its job,
/// the schedule's name and the time itself. A crash anywhere is repeated without harm.
/// </summary>
public sealed partial class JobScheduler(
    Database database, JobClient client, IEnumerable<JobDefinition> definitions, IEnumerable<JobSchedule> schedules, TimeProvider clock, ILogger<JobScheduler> logger)
    : IAsyncDisposable
{
    private const int AtOnce = 20;
    private const int MostMissed = 100;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyKept = TimeSpan.FromDays(2);

    private sealed record Due(string Name, string Kind, string Cron, string Zone, short Missed, string Payload, DateTimeOffset? NextAt, DateTimeOffset? LastAt);

    private static readonly Query<Due> LockDue = new("jobs.due_schedules", """
        select name, kind, cron, zone, missed, payload, next_at, last_at from jobs.schedule
        where next_at <= $1 and not is_paused and kind = any ($2)
        order by next_at limit $3 for update skip locked
        """);

    private static readonly Command Advance = new("jobs.advance_schedule", "update jobs.schedule set next_at = $2, last_at = $3 where name = $1");

    private static readonly Command Put = new("jobs.put_schedule", """
        insert into jobs.schedule as s (name, kind, cron, zone, missed, payload, is_code, next_at) values ($1, $2, $3, $4, $5, $6, false, $7)
        on conflict (name) do update
        set kind = excluded.kind, missed = excluded.missed, payload = excluded.payload, is_code = false,
            next_at = case when s.cron = excluded.cron and s.zone = excluded.zone then s.next_at else excluded.next_at end,
            cron = excluded.cron, zone = excluded.zone
        """);

    // What stands in the code is the truth; only what an operator paused, and what has happened, is kept. One statement, because others that start
    // at the same moment wait for it. One that has run is reckoned anew from then, so that times missed meanwhile are seen, and rules of a zone that have changed.
    private static readonly Command Declare = new("jobs.declare_schedules", """
        with gone as (delete from jobs.schedule where is_code and not name = any ($1::text[]))
        insert into jobs.schedule as s (name, kind, cron, zone, missed, payload, is_code, next_at, last_at)
        select d.name, d.kind, d.cron, d.zone, d.missed, d.payload, true, d.next_at, d.last_at
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::timestamptz[], $8::timestamptz[]) d (name, kind, cron, zone, missed, payload, next_at, last_at)
        order by d.name
        on conflict (name) do update
        set kind = excluded.kind, missed = excluded.missed, payload = excluded.payload, is_code = true,
            next_at = case when s.cron = excluded.cron and s.zone = excluded.zone and excluded.last_at is null then s.next_at else excluded.next_at end,
            cron = excluded.cron, zone = excluded.zone
        """);

    private static readonly Command Remove = new("jobs.remove_schedule", "delete from jobs.schedule where name = $1");

    private sealed record Last(string Name, DateTimeOffset? LastAt);

    private static readonly Query<Last> LastOf = new("jobs.last_of_schedules", "select name, last_at from jobs.schedule where name = any ($1)");

    private readonly FrozenDictionary<string, JobKind> kinds = definitions.ToFrozenDictionary(d => d.Kind.Name, d => d.Kind, StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private Task looking = Task.CompletedTask;
    private bool isDeclared;

    /// <summary>Declares what the code has and begins. Where the database is too busy for that, it begins without and declares it as soon as it can.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DeclareAsync(cancellationToken);
        }
        catch (Exception e) when (IsOutage(e))
        {
            LogAway((e.InnerException ?? e).Message);
        }
        looking = Task.Run(LookAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await looking;
        stopping.Dispose();
    }

    /// <summary>Puts a schedule in, or in the place of the one of its name, in the caller's transaction.</summary>
    /// <exception cref="FormatException">Its expression or zone is wrong; the message says how.</exception>
    public Task PutAsync(Work work, JobSchedule schedule, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            Put,
            [schedule.Name, schedule.Kind.Name, schedule.Cron, schedule.Zone, (short)schedule.Missed, JobClient.Serialize(schedule.Kind, schedule.Payload),
             CronTimes.Parse(schedule.Cron, schedule.Zone).NextAfter(clock.GetUtcNow())],
            cancellationToken);

    /// <summary>Takes a schedule away; jobs it has made stay.</summary>
    public static Task RemoveAsync(Work work, string name, CancellationToken cancellationToken) => work.ExecuteAsync(Remove, [name], cancellationToken);

    /// <summary>Makes the jobs that are due. Answers how many schedules were.</summary>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        var due = await work.QueryAsync(LockDue, [now, kinds.Keys.ToArray(), AtOnce], cancellationToken);
        foreach (var schedule in due)
        {
            var times = CronTimes.Parse(schedule.Cron, schedule.Zone);
            var (slots, next) = SlotsOf(times, schedule.NextAt!.Value, now);
            foreach (var slot in Wanted((MissedTimes)schedule.Missed, slots, now))
                await EnqueueAsync(work, schedule, slot, cancellationToken);
            await work.ExecuteAsync(Advance, [schedule.Name, next, slots[^1]], cancellationToken);
        }
        await work.CommitAsync(now);
        return due.Count;
    }

    private static (List<DateTimeOffset> Slots, DateTimeOffset? Next) SlotsOf(CronTimes times, DateTimeOffset first, DateTimeOffset now)
    {
        var slots = new List<DateTimeOffset>();
        DateTimeOffset? next = first;
        for (; next is { } slot && slot <= now; next = times.NextAfter(slot))
        {
            if (slots.Count == MostMissed)
                slots.RemoveAt(0);
            slots.Add(slot);
        }
        return (slots, next);
    }

    /// <summary>The last one is in time unless it is more than a minute old: a tick is never exact.</summary>
    private static IEnumerable<DateTimeOffset> Wanted(MissedTimes missed, List<DateTimeOffset> slots, DateTimeOffset now) => missed switch
    {
        MissedTimes.Each => slots,
        MissedTimes.Once => slots.TakeLast(1),
        _ => slots.TakeLast(1).Where(slot => now - slot < TimeSpan.FromMinutes(1)),
    };

    private Task<EnqueuedJob> EnqueueAsync(Work work, Due schedule, DateTimeOffset slot, CancellationToken cancellationToken) =>
        client.EnqueueTextAsync(
            work, kinds[schedule.Kind], schedule.Payload, new JobOptions { Unique = new UniqueKey($"{schedule.Name}@{slot:O}") { KeptFor = KeyKept } }, cancellationToken);

    /// <summary>Writes down the schedules that the code has, and forgets those it no longer has.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        var declared = schedules.OrderBy(schedule => schedule.Name, StringComparer.Ordinal).ToArray();
        var names = declared.Select(schedule => schedule.Name).ToArray();
        var known = await database.QueryAsync(Scope.None, LastOf, [names], cancellationToken);
        var last = known.ToDictionary(row => row.Name, row => row.LastAt, StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        await database.ExecuteAsync(
            Scope.None, Declare,
            [names, declared.Select(s => s.Kind.Name).ToArray(), declared.Select(s => s.Cron).ToArray(), declared.Select(s => s.Zone).ToArray(),
             declared.Select(s => (short)s.Missed).ToArray(), declared.Select(s => JobClient.Serialize(s.Kind, s.Payload)).ToArray(),
             declared.Select(s => CronTimes.Parse(s.Cron, s.Zone).NextAfter(last.GetValueOrDefault(s.Name) ?? now)).ToArray(), names.Select(last.GetValueOrDefault).ToArray()],
            cancellationToken);
        isDeclared = true;
    }

    private async Task LookAsync()
    {
        var isAway = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!isDeclared)
                    await DeclareAsync(stopping.Token);
                if (await TickAsync(stopping.Token) < AtOnce)
                    await Task.Delay(Look, clock, stopping.Token);
                isAway = false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (IsOutage(e))
            {
                if (!isAway)
                    LogAway((e.InnerException ?? e).Message);
                isAway = true;
                await Task.Delay(Look, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static bool IsOutage(Exception e) => e is NpgsqlException or TimeoutException or IOException or ObjectDisposedException;

    [LoggerMessage(1821, LogLevel.Warning, "Recurring jobs wait: the database cannot be reached: {Reason}")]
    private partial void LogAway(string reason);
}
