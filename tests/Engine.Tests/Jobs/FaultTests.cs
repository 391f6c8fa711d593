using System.Collections.Concurrent;
using Npgsql;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>Workers that die, freeze and come back; databases that grow old; hints that are lost.</summary>
[Trait("spec", "JB-4")]
public sealed class FaultTests(TestDatabase database) : JobTest(database)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly JobQueue Queue = new("test") { Concurrency = 50, Prefetch = 450 };
    private static readonly JobKind<Note> Kind = new("test.fault", Queue);

    /// <summary>Jobs of every sort, with workers that are taken for dead at random (fault tests 1 and 14): nothing is lost, nothing is there twice.</summary>
    [Fact]
    public async Task JB2_Whatever_happens_to_workers_every_job_is_somewhere_once_and_ends_once()
    {
        var (count, seed) = IsLong ? (20_000, Environment.TickCount) : (600, 2);
        var random = new Random(seed);
        var kind = Kind with { Retry = new RetryPolicy { MaxAttempts = 1000, First = TimeSpan.FromMilliseconds(1), Longest = TimeSpan.FromMilliseconds(5) } };
        JobDefinition[] handlers =
        [
            Does(kind, async (note, _, _) =>
            {
                await Task.Yield();
                int fate;
                lock (random)
                    fate = random.Next(100);
                if (fate < 10)
                    throw new InvalidOperationException("At random.");
                if (fate < 15)
                    throw new JobPutOffException(TimeSpan.FromMilliseconds(1));
                if (note.Number % 50 == 7)
                    throw new JobFailedException("Never.");
            }),
        ];
        for (var i = 0; i < 3; i++)
            await WorkAsync(handlers, options => options with { BeatEvery = TimeSpan.FromMilliseconds(40), RescueEvery = TimeSpan.FromMilliseconds(40), PoisonAfter = 1000 });

        for (var some = 0; some < 10; some++)
        {
            var part = some;
            await PutAllAsync(kind, Enumerable.Range(0, count / 10).Select(i => new Note(i)), note => new JobOptions
            {
                OrderingKey = note.Number % 3 == 0 ? $"key {note.Number % 7}" : null,
                Unique = note.Number % 5 == 0 ? new UniqueKey($"{part} {note.Number}") : null,
                Priority = (JobPriority)(note.Number % 2 * 4 + 1),
            });
            await SqlAsync("update jobs.worker set beat_at = '-infinity' where id = (select id from jobs.worker order by random() limit 1)");
            await ConservedAsync((some + 1) * (count / 10));
            // Those that were lost twice wait up to a minute: not here.
            await SqlAsync("update jobs.later set run_at = least(run_at, now())");
        }
        await Eventually.TrueAsync("all have ended", TimeSpan.FromSeconds(120), async () =>
        {
            await SqlAsync("update jobs.later set run_at = least(run_at, now())");
            return await StandingAsync() is { Waiting: 0, Running: 0 };
        });

        var standing = await ConservedAsync(count);
        Assert.Equal(Enumerable.Range(0, count / 10).Count(i => i % 50 == 7) * 10, standing.Dead);
        Assert.Equal(0, await CountAsync("select count(*) from jobs.unique_key"));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.lane"));
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
    }

    /// <summary>Taken for dead while it works, as after a long pause of its process (fault tests 1 and 3): the other one does it all, and its late word counts for nothing.</summary>
    [Fact]
    public async Task JB15_What_a_worker_had_that_was_taken_for_dead_is_done_by_another_and_its_late_end_changes_nothing()
    {
        var frozen = new TaskCompletionSource();
        var (late, done) = (0, new ConcurrentDictionary<int, int>());
        await PutAllAsync(Kind, Enumerable.Range(0, 500).Select(i => new Note(i)));
        await WorkAsync(
            [Does(Kind, async (_, job, _) =>
            {
                job.Report(1);
                await frozen.Task;
                Interlocked.Increment(ref late);
            })],
            options => options with { BeatEvery = TimeSpan.FromHours(1), RescueEvery = TimeSpan.FromHours(1), Obey = TimeSpan.FromMinutes(1) });
        await Eventually.TrueAsync("all are claimed", Soon, async () => (await StandingAsync()).Running == 500);
        await SqlAsync("update jobs.worker set beat_at = now() - interval '31 seconds'");

        await WorkAsync(
            [Does(Kind, (note, _, _) =>
            {
                done.AddOrUpdate(note.Number, 1, (_, count) => count + 1);
                return Task.CompletedTask;
            })],
            options => options with { RescueEvery = TimeSpan.FromMilliseconds(50) });
        await AllEndedAsync(500);
        Assert.Equal(500, done.Count);
        Assert.All(done.Values, count => Assert.Equal(1, count));

        // It wakes up, and says of fifty jobs that they are done, and how far they are.
        frozen.SetResult();
        await Eventually.TrueAsync("it has said so", Soon, () => late >= 50);
        Assert.Equal(500, (await ConservedAsync(500)).Done);
        Assert.Equal(0, await CountAsync("select count(*) from jobs.done where attempt <> 2"));
    }

    [Fact]
    public async Task JB15_A_worker_that_was_taken_for_dead_notices_and_begins_anew()
    {
        var worker = await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)], options => options with { BeatEvery = TimeSpan.FromMilliseconds(50) });
        var before = await CountAsync("select max(id) from jobs.worker");
        await SqlAsync("delete from jobs.worker");

        await Eventually.TrueAsync("it has another place", Soon, async () => await CountAsync("select max(id) from jobs.worker") > before);
        var job = await PutAsync(Kind, new Note(1));
        await EndedAsync(job.Id);
    }

    [Fact]
    public async Task JB15_A_worker_without_a_place_claims_nothing()
    {
        await PutAsync(Kind, new Note(1));
        var claim = new Query<Guid>("test.claim", "select id from jobs.claim(4711, array['test'], array[5::smallint], array[0::bigint], array[10], now())");

        Assert.Empty(await Database.QueryLogAsync(claim, [], Cancelled));
        Assert.Equal(1, (await ConservedAsync(1)).Waiting);
    }

    [Fact]
    public async Task JB16_A_job_that_went_down_with_its_worker_too_often_is_dead()
    {
        var job = await PutAsync(Kind, new Note(1));
        await SqlAsync("update jobs.ready set losses = 5");
        var ran = false;
        await WorkAsync([Does(Kind, (_, _, _) =>
        {
            ran = true;
            return Task.CompletedTask;
        })]);

        await EndedAsync(job.Id, "dead");
        Assert.False(ran);
        Assert.Contains("lost 5 times", (await Client.FindAsync(job.Id, Cancelled))!.Error, StringComparison.Ordinal);
    }

    [Fact, Trait("spec", "RE-5")]
    public async Task JB17_A_worker_that_stops_gives_back_what_it_has_not_done_without_burning_an_attempt()
    {
        await PutAllAsync(Kind, Enumerable.Range(0, 200).Select(i => new Note(i)));
        var quick = new TaskCompletionSource();
        var worker = await WorkAsync(
            [Does(Kind, (note, _, token) => note.Number == 0 ? quick.Task : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token))],
            options => options with { Grace = TimeSpan.FromMilliseconds(500) });
        await Eventually.TrueAsync("all are claimed", Soon, async () => (await StandingAsync()).Running == 200);

        var stopping = worker.StopAsync();
        quick.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        var standing = await ConservedAsync(200);
        Assert.Equal((199, 0, 1), (standing.Waiting, standing.Running, standing.Done));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.later where attempt <> 0 or reason <> 3"));
        Assert.Equal(0, await CountAsync("select count(*) from jobs.worker"));
        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)]);
        await AllEndedAsync(200);
    }

    /// <summary>No hint arrives (fault test 6): looking is enough.</summary>
    [Fact]
    public async Task JB18_A_job_of_which_no_hint_arrives_is_found_by_looking()
    {
        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)]);
        await Eventually.TrueAsync("it is idle", Soon, async () => await CountAsync("select count(*) from jobs.worker") == 1);
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            await work.QueryAsync(
                new Query<Guid>("test.put", """
                    select duplicate from jobs.enqueue(array[gen_random_uuid()], array['{"number":1}'], null, null, 'test', 'test.fault', 5::smallint, 3::smallint, null, null, null, null,
                                                       false, false, null, null, now())
                    """),
                [], Cancelled);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }

        await AllEndedAsync(1);
    }

    /// <summary>A kind that nobody here knows, as while versions change: it waits and is not tried.</summary>
    [Fact]
    public async Task JB19_A_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it()
    {
        var other = new JobKind<Note>("test.newer", Queue);
        var job = await PutAsync(other, new Note(1));
        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)], options => options with { UnknownKindPause = TimeSpan.FromMilliseconds(50) });
        await Eventually.TrueAsync("it was put off", Soon, async () => await CountAsync("select count(*) from jobs.later where reason = 4 and attempt = 0") == 1);

        await WorkAsync([Does(other, (_, _, _) => Task.CompletedTask), Does(Kind, (_, _, _) => Task.CompletedTask)]);

        await EndedAsync(job.Id);
        await ConservedAsync(1);
    }

    /// <summary>
    /// The traps of the reference: statistics of an empty table, a table full of dead entries under a transaction that stays open, and progress that moves a row
    /// between the look and the lock (fault test 12).
    /// </summary>
    [Fact]
    public async Task JB24_Claiming_and_finishing_go_by_index_whatever_the_tables_have_been_through()
    {
        await SqlAsync("analyze jobs.ready; analyze jobs.running; analyze jobs.lane; analyze jobs.unique_key");
        var rows = IsLong ? 300_000 : 30_000;
        await SqlAsync($$"""
            insert into jobs.ready (enqueued_at, id, priority, max_attempts, queue, kind, payload)
            select now(), gen_random_uuid(), 5, 3, 'test', 'test.fault', '{"number":1}' from generate_series(1, {{rows}})
            """);
        await using var reader = await Postgres.Login.OpenConnectionAsync(Cancelled);
        await using var pin = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancelled);
        await using (var look = new NpgsqlCommand("select count(*) from jobs.ready", reader, pin))
            await look.ExecuteScalarAsync(Cancelled);
        await WorkAsync([Does(Kind, (_, job, _) =>
        {
            if (Random.Shared.Next(100) == 0)
                job.Report(50);
            return Task.CompletedTask;
        })]);

        await Eventually.TrueAsync("all are done", TimeSpan.FromSeconds(120), async () => await CountAsync("select sum(done) from jobs.minute") == rows);

        await SqlAsync("select pg_stat_force_next_flush()");
        // Read rows for each job: a scan of what is dead would make it thousands.
        await Eventually.TrueAsync("the statistics are in", Soon, async () => await CountAsync("select n_tup_del from pg_stat_user_tables where relid = 'jobs.running'::regclass") >= rows);
        Assert.InRange(await CountAsync($"select coalesce(sum(seq_tup_read), 0)::bigint / {rows} from pg_stat_user_tables where relid in ('jobs.running'::regclass, 'jobs.ready'::regclass)"), 0, 4);
        Assert.InRange(await CountAsync($"select coalesce(sum(idx_tup_read), 0)::bigint / {rows} from pg_stat_user_indexes where indexrelid = 'jobs.running_pkey'::regclass"), 0, 20);
        Assert.Equal(0, await CountAsync("select count(*) from pg_index where indrelid = 'jobs.running'::regclass and not indisprimary"));
    }

    /// <summary>The fourth trap by itself: two sessions, the first of which reports progress between the other's look and lock.</summary>
    [Fact]
    public async Task JB24_Progress_that_is_reported_while_a_job_ends_does_not_lose_its_end()
    {
        var job = await PutAsync(Kind, new Note(1));
        await SqlAsync("insert into jobs.worker (id, node, name, queues) overriding system value values (-7, gen_random_uuid(), 'hand', '{}')");
        await SqlAsync("select jobs.claim(-7, array['test'], array[5::smallint], array[0::bigint], array[10], now())");
        await using var connection = await Postgres.Login.OpenConnectionAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using (var report = new NpgsqlCommand($"select jobs.note_progress(-7, array['{job.Id}'::uuid], array[1::smallint], array[50::smallint], array['x'])", connection, transaction))
            Assert.Equal(1, await report.ExecuteScalarAsync(Cancelled));
        var finish = Database.QueryLogAsync(
            new Query<Guid>("test.finish", "select id from jobs.finish(-7, 1::smallint, array[$1], null, null, false, 0::smallint, true, now())"), [job.Id], Cancelled);
        await Eventually.TrueAsync("it waits for the row", Soon, async () =>
            await CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 1);
        await transaction.CommitAsync(Cancelled);

        Assert.Equal([job.Id], await finish);
        await ConservedAsync(1);
    }

    /// <summary>What has ended is kept for eight days at least and twelve at the most, wherever in its four days the ring stands.</summary>
    [Theory]
    [InlineData(0, 8)]
    [InlineData(2, 10)]
    [InlineData(3, 11)]
    public async Task JB26_What_has_ended_is_forgotten_after_its_days(int daysOn, int lastKept)
    {
        var now = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero) + TimeSpan.FromDays(daysOn);
        for (var day = 0; day < 14; day++)
        {
            // As time went by: forgetting runs every hour.
            var then = now - TimeSpan.FromDays(13 - day);
            await SqlAsync("select jobs.forget($1)", then);
            await SqlAsync("""
                insert into jobs.done (slot, outcome, attempt, priority, finished_at, enqueued_at, id, queue, kind, payload)
                values ((extract(epoch from $1::timestamptz)::bigint / 345600 % 4)::smallint, 0, 1, 5, $1, $1, gen_random_uuid(), 'q', 'k', '{}')
                """, then);
        }

        await using var command = Postgres.Login.CreateCommand("select min(finished_at) from jobs.done");
        var oldest = (DateTime)(await command.ExecuteScalarAsync(Cancelled))!;
        Assert.Equal(lastKept, (now.UtcDateTime - oldest).Days);
        Assert.Equal(lastKept + 1, await CountAsync("select count(*) from jobs.done"));
    }
}
