using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>
/// Fault test 15: one thread, a clock of its own, and any order of everything that can happen to jobs, against the functions of the schema themselves. After each step every job is
/// somewhere once, every key is held by one that lives, every lane has one head, and nothing ended twice. <c>RENEXUS_SEED</c> repeats a run, <c>RENEXUS_LONG=1</c> takes
/// a hundred times as many steps.
/// </summary>
[Trait("spec", "JB-4")]
public sealed class SimulationTests(TestDatabase database) : JobTest(database)
{
    private const int Workers = 3;
    private const int MostAlive = 60;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("RENEXUS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 15;
    private static readonly string[] Keys = ["k1", "k2", "k3"];
    private static readonly string[] Lanes = ["l1", "l2", "l3"];

    private readonly Random random = new(Seed);
    private readonly List<string> story = [];

    // What a worker thinks it has: also what was taken from it meanwhile.
    private readonly Dictionary<long, List<(Guid Id, short Attempt, string? Lane)>> claimed = [];
    private readonly HashSet<Guid> ended = [];
    private readonly Dictionary<string, List<Guid>> lines = Lanes.ToDictionary(lane => lane, _ => new List<Guid>(), StringComparer.Ordinal);
    private NpgsqlConnection connection = null!;
    private DateTimeOffset now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private long put;

    [Fact]
    public async Task JB2_In_whatever_order_things_happen_jobs_are_conserved_keys_and_lanes_are_held_by_one_and_an_end_comes_once()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        await using var session = await Postgres.Login.OpenConnectionAsync(Cancelled);
        connection = session;
        for (var i = 0; i < Workers; i++)
            await BeginAsync();

        for (var step = 0; step < (IsLong ? 60_000 : 600); step++)
        {
            try
            {
                await StepAsync();
                await CheckAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {Seed}, step {step}, after: {string.Join("; ", story.TakeLast(12))}", e);
            }
        }

        // All that is left comes to an end.
        for (var round = 0; await ScalarAsync("select (select count(*) from jobs.ready) + (select count(*) from jobs.later) + (select count(*) from jobs.behind) + (select count(*) from jobs.parent) + (select count(*) from jobs.running)") > 0; round++)
        {
            Assert.True(round < 1_000, $"Seed {Seed}: something never ends.");
            now += TimeSpan.FromHours(1);
            await QueryAsync("select queue from jobs.promote(1000, $1)", now);
            foreach (var worker in claimed.Keys.ToArray())
            {
                await ClaimAsync(worker, 100);
                await FinishAsync(worker, claimed[worker].Count);
            }
            await LoseAsync(claimed.Keys.First());
            await CheckAsync();
        }
        Assert.Equal(0, await ScalarAsync("select count(*) from jobs.lane"));
        Assert.Equal(0, await ScalarAsync("select count(*) from jobs.unique_key where until is null"));
    }

    private async Task StepAsync()
    {
        var worker = claimed.Keys.ElementAt(random.Next(claimed.Count));
        switch (random.Next(100))
        {
            case < 25:
                await PutAsync();
                break;
            case < 45:
                await ClaimAsync(worker, random.Next(1, 8));
                break;
            case < 65:
                await FinishAsync(worker, random.Next(1, 6));
                break;
            case < 78:
                await GiveUpAsync(worker);
                break;
            case < 86:
                now += TimeSpan.FromSeconds(random.Next(1, 90));
                Tell($"promote at {now:T}");
                await QueryAsync("select queue from jobs.promote($1, $2)", random.Next(1, 10), now);
                break;
            case < 89:
                await LoseAsync(worker);
                break;
            case < 94:
                await CancelAsync();
                break;
            case < 97:
                await ReplayAsync();
                break;
            default:
                await DiscardAsync();
                break;
        }
    }

    private async Task PutAsync()
    {
        if (await ScalarAsync("select (select count(*) from jobs.ready) + (select count(*) from jobs.later) + (select count(*) from jobs.behind) + (select count(*) from jobs.running)") > MostAlive)
            return;
        var count = random.Next(1, 4);
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now)).ToArray();
        var (isParent, isUnique, isLaned) = (random.Next(8) == 0, random.Next(3) == 0, random.Next(3) == 0);
        Guid? parent = null;
        if (isParent)
        {
            isUnique = false;
            parent = Guid.CreateVersion7(now);
            await ExecuteAsync("select jobs.enqueue_parent($1, '{}', 'q', 'k', 5::smallint, 3::smallint, null, null, false, null, $2, $3)", parent.Value, count, now);
            put++;
        }
        var keys = isUnique ? ids.Select(_ => random.Next(4) == 0 ? null : Keys[random.Next(Keys.Length)]).ToArray() : null;
        var lanes = isLaned ? ids.Select(_ => random.Next(4) == 0 ? null : Lanes[random.Next(Lanes.Length)]).ToArray() : null;
        DateTimeOffset? at = random.Next(4) == 0 ? now + TimeSpan.FromSeconds(random.Next(1, 120)) : null;
        var (frees, kept) = (isUnique && random.Next(2) == 0, isUnique && random.Next(3) == 0 ? TimeSpan.FromMinutes(1) : (TimeSpan?)null);
        Tell($"put {count}{(isParent ? " children" : "")} keys [{(keys is null ? "" : string.Join(',', keys))}] lanes [{(lanes is null ? "" : string.Join(',', lanes))}]{(at is null ? "" : " later")}");
        var known = (await QueryAsync(
            "select duplicate from jobs.enqueue($1, $2, $3, $4, 'q', 'k', $5, 3::smallint, $6, $7, null, null, false, $8, $9, null, $10)",
            ids, ids.Select(_ => "{}").ToArray(), Or(keys, NpgsqlDbType.Array | NpgsqlDbType.Text), Or(lanes, NpgsqlDbType.Array | NpgsqlDbType.Text), (short)(random.Next(3) * 4 + 1),
            Or(at, NpgsqlDbType.TimestampTz), Or(parent, NpgsqlDbType.Uuid), frees, Or(kept, NpgsqlDbType.Interval), now)).Select(row => (Guid)row[0]!).ToHashSet();
        put += count - known.Count;
        for (var i = 0; i < count; i++)
        {
            if (lanes?[i] is { } lane && !known.Contains(ids[i]))
                lines[lane].Add(ids[i]);
        }
    }

    private async Task ClaimAsync(long worker, int most)
    {
        Tell($"{worker} claims {most}");
        foreach (var row in await QueryAsync(
            "select id, attempt, ordering_key from jobs.claim($1, array['q', 'q', 'q'], array[1, 5, 9]::smallint[], array[0, 0, 0]::bigint[], array[$2, $2, $2], $3)", worker, most, now))
        {
            var (id, attempt, lane) = ((Guid)row[0]!, (short)row[1]!, (string?)row[2]);
            if (lane is not null)
                Assert.Equal(lines[lane].First(other => !ended.Contains(other)), id);
            Assert.DoesNotContain(id, ended);
            claimed[worker].Add((id, attempt, lane));
        }
    }

    private async Task FinishAsync(long worker, int most)
    {
        foreach (var alike in Take(worker, most).GroupBy(job => job.Attempt))
        {
            Tell($"{worker} finishes {alike.Count()}");
            var lanes = alike.Select(job => job.Lane).OfType<string>().ToArray();
            foreach (var row in await QueryAsync(
                "select id, is_busy from jobs.finish($1, $2, $3, null, $4, false, 0::smallint, true, $5)", worker, alike.Key, alike.Select(job => job.Id).ToArray(), lanes, now))
            {
                Assert.False((bool)row[1]!);
                End((Guid)row[0]!);
            }
        }
    }

    private async Task GiveUpAsync(long worker)
    {
        foreach (var (id, attempt, _) in Take(worker, random.Next(1, 4)))
        {
            var (reason, isDead) = random.Next(5) switch { 0 => (1, true), 1 => (3, false), 2 => (4, false), _ => (1, false) };
            Tell($"{worker} gives {id} up: {reason}{(isDead ? ", dead" : "")}");
            var rows = await QueryAsync(
                "select id from jobs.give_up($1, array[$2], array[$3], array[$4], array[$5], array['why'], $6)",
                worker, id, attempt, Or(isDead ? null : now + TimeSpan.FromSeconds(random.Next(5)), NpgsqlDbType.TimestampTz), (short)reason, now);
            if (rows.Count > 0 && isDead)
                End(id);
        }
    }

    /// <summary>Taken for dead; what it still says afterwards is said by <see cref="FinishAsync"/>, of which nothing may follow.</summary>
    private async Task LoseAsync(long worker)
    {
        Tell($"{worker} is lost");
        await ExecuteAsync("update jobs.worker set beat_at = '-infinity' where id = $1", worker);
        await QueryAsync("select jobs.rescue('1 day', 1000, $1)", now);
        var late = claimed[worker];
        claimed.Remove(worker);
        foreach (var (id, attempt, _) in late.Where(_ => random.Next(2) == 0))
        {
            Assert.Empty(await QueryAsync("select id from jobs.finish($1, $2, array[$3], null, null, true, 0::smallint, true, $4)", worker, attempt, id, now));
            Assert.Equal(0, await ScalarAsync("select jobs.note_progress($1, array[$2], array[$3], array[50::smallint], array['x'])::bigint", worker, id, attempt));
        }
        Assert.Empty(await QueryAsync("select id from jobs.claim($1, array['q'], array[5]::smallint[], array[0]::bigint[], array[10], $2)", worker, now));
        await BeginAsync();
    }

    private async Task CancelAsync()
    {
        if (await PickAsync("select id from jobs.ready union all select id from jobs.later union all select id from jobs.behind union all select id from jobs.parent union all select id from jobs.running") is not { } id)
            return;
        Tell($"cancel {id}");
        if (await ScalarAsync("select jobs.cancel($1, $2)::bigint", id, now) == 1)
            End(id);
    }

    private async Task ReplayAsync()
    {
        if (await PickAsync("select id from jobs.dead") is not { } id)
            return;
        var lane = (string?)(await QueryAsync("select ordering_key from jobs.dead where id = $1", id))[0][0];
        Tell($"replay {id}");
        if ((await QueryAsync("select queue from jobs.replay($1, null, null, 1, $2)", id, now)).Count == 0)
            return;
        ended.Remove(id);
        if (lane is not null)
        {
            lines[lane].Remove(id);
            lines[lane].Add(id);
        }
    }

    private async Task DiscardAsync()
    {
        if (await PickAsync("select id from jobs.dead") is not { } id)
            return;
        Tell($"discard {id}");
        put -= (await QueryAsync("select queue from jobs.discard($1) d (queue)", id)).Count;
        ended.Remove(id);
        foreach (var line in lines.Values)
            line.Remove(id);
    }

    private async Task CheckAsync()
    {
        await ConservedAsync(put);
        Assert.Equal(0, await ScalarAsync("""
            with alive as (
              select id, unique_key, ordering_key, true as is_head, frees_key_at_start from jobs.ready
              union all select id, unique_key, ordering_key, true, frees_key_at_start from jobs.later
              union all select id, unique_key, ordering_key, false, frees_key_at_start from jobs.behind
              union all select id, unique_key, ordering_key, true, frees_key_at_start from jobs.running
            )
            select (select count(*) from jobs.unique_key k where k.until is null and not exists (select from alive a where a.id = k.job_id and a.unique_key = k.key))
                 + (select count(*) from alive a where a.unique_key is not null and not a.frees_key_at_start
                    and not exists (select from jobs.unique_key k where k.key = a.unique_key and k.job_id = a.id))
                 + (select count(*) from jobs.lane l where (select count(*) from alive a where a.is_head and a.ordering_key = l.key) <> 1)
                 + (select count(*) from jobs.lane l where not exists (select from alive a where a.id = l.holder and a.is_head and a.ordering_key = l.key))
                 + (select count(*) from alive a where a.ordering_key is not null and not exists (select from jobs.lane l where l.key = a.ordering_key))
                 + (select count(*) from jobs.parent p where p.succeeded + p.failed >= p.total)
                 + (select count(*) from jobs.running r where not exists (select from jobs.worker w where w.id = r.worker))
            """));
        Assert.Equal(ended.Count, await ScalarAsync("select (select count(*) from jobs.done) + (select count(*) from jobs.dead)"));
    }

    private void End(Guid id) => Assert.True(ended.Add(id), $"{id} ended twice.");

    private async Task BeginAsync()
    {
        var worker = await ScalarAsync("select jobs.begin_work($1, 'simulated', array['q'])", Guid.CreateVersion7());
        claimed[worker] = [];
    }

    private List<(Guid Id, short Attempt, string? Lane)> Take(long worker, int most)
    {
        var mine = claimed[worker];
        var taken = new List<(Guid, short, string?)>();
        while (taken.Count < most && mine.Count > 0)
        {
            var at = random.Next(mine.Count);
            taken.Add(mine[at]);
            mine.RemoveAt(at);
        }
        return taken;
    }

    private async Task<Guid?> PickAsync(string sql)
    {
        var rows = await QueryAsync($"select id from ({sql}) x order by id");
        return rows.Count == 0 ? null : (Guid)rows[random.Next(rows.Count)][0]!;
    }

    private void Tell(string what) => story.Add(what);

    private async Task<List<object?[]>> QueryAsync(string sql, params object[] args)
    {
        await using var command = CommandOf(sql, args);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(Cancelled))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }

    private async Task<long> ScalarAsync(string sql, params object[] args)
    {
        await using var command = CommandOf(sql, args);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private async Task ExecuteAsync(string sql, params object[] args)
    {
        await using var command = CommandOf(sql, args);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private NpgsqlCommand CommandOf(string sql, object[] args)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var arg in args)
            command.Parameters.Add(arg as NpgsqlParameter ?? new NpgsqlParameter { Value = arg });
        return command;
    }

    private static NpgsqlParameter Or(object? value, NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
