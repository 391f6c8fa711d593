using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Renexus.Engine.Jobs;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>
/// Fault test 5: a transaction stays open and holds vacuum up while jobs go on. That what is dead costs nothing is shown by what is read (<see cref="FaultTests"/>, JB24); how fast it
/// is depends on the machine, so only the long mode (<c>RENEXUS_LONG=1</c>) compares: ten minutes of it with the time before and after.
/// </summary>
[Trait("spec", "JB-4")]
public sealed class PinnedTests(TestDatabase database) : JobTest(database)
{
    private const int AtOnce = 1_000;
    private const int Ahead = 4_000;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly TimeSpan Before = IsLong ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan Pinned = IsLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(100);
    private static readonly JobKind<Note> Kind = new("test.load", new JobQueue("load") { Concurrency = 50, Prefetch = 1_000 });
    private static readonly JobKind<Note> Probe = new("test.probe", new JobQueue("probe") { Concurrency = 4 });

    private long put;
    private long done;

    [Fact]
    public async Task JB24_Jobs_go_on_under_a_transaction_that_stays_open()
    {
        var begun = new ConcurrentDictionary<int, long>();
        await WorkAsync(
            [
                Does(Kind, (_, _, _) =>
                {
                    Interlocked.Increment(ref done);
                    return Task.CompletedTask;
                }),
                Does(Probe, (note, _, _) =>
                {
                    begun[note.Number] = Stopwatch.GetTimestamp();
                    return Task.CompletedTask;
                }),
            ]);
        await RateAsync(TimeSpan.FromSeconds(0.2));
        var before = await RateAsync(Before);

        var waits = new List<TimeSpan>();
        double pinned;
        await using (var reader = await Postgres.Login.OpenConnectionAsync(Cancelled))
        {
            await using var pin = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancelled);
            await using (var look = new NpgsqlCommand("select count(*) from jobs.running", reader, pin))
                await look.ExecuteScalarAsync(Cancelled);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var probing = ProbeAsync(begun, waits, end.Token);
            pinned = await RateAsync(Pinned);
            await end.CancelAsync();
            await probing;
        }
        var after = await RateAsync(Before);

        await AllEndedAsync(put);
        await ConservedAsync(put);
        var p99 = waits.Order().ElementAt(waits.Count * 99 / 100);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{before:F0}/s before, {pinned:F0}/s while it was open for {Pinned.TotalSeconds} s, {after:F0}/s after; a job of another queue was begun within {p99.TotalMilliseconds:F0} ms (p99 of {waits.Count})");
        if (IsLong)
        {
            Assert.True(pinned >= before / 2, $"{pinned:F0}/s while it was open, {before:F0}/s before.");
            Assert.True(after >= before / 2, $"{after:F0}/s after, {before:F0}/s before.");
            Assert.True(p99 <= TimeSpan.FromMilliseconds(250), $"p99 {p99}.");
        }
    }

    /// <summary>Keeps some jobs waiting for so long; answers how many were done in a second.</summary>
    private async Task<double> RateAsync(TimeSpan time)
    {
        var (started, first) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref done));
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await PutAllAsync(Kind, Enumerable.Range(0, AtOnce).Select(i => new Note(i)));
            var total = Interlocked.Add(ref put, AtOnce);
            await Eventually.TrueAsync("not too many wait", TimeSpan.FromMinutes(1), () => total - Interlocked.Read(ref done) < Ahead);
        }
        return (Interlocked.Read(ref done) - first) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task ProbeAsync(ConcurrentDictionary<int, long> begun, List<TimeSpan> waits, CancellationToken end)
    {
        var number = 0;
        do
        {
            await PutAsync(Probe, new Note(++number));
            Interlocked.Increment(ref put);
            var from = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync("the probe has begun", TimeSpan.FromMinutes(1), () => begun.ContainsKey(number));
            waits.Add(Stopwatch.GetElapsedTime(from, begun[number]));
            await Task.Delay(ProbeEvery, TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!end.IsCancellationRequested);
    }
}
