using System.Diagnostics;

namespace Renexus.Engine.Jobs;

/// <content>Claiming.</content>
public sealed partial class JobWorker
{
    // How often one looks, after a claim without an answer, for what it took: at once, and again when it may have been slow.
    private const int LooksForUnknown = 2;

    private async Task ClaimAsync()
    {
        var pause = FirstPause;
        var round = 0;
        var sweepAt = 0L;
        var pollAt = clock.GetTimestamp();
        var (looks, lookAt) = (0, pollAt);
        var isClaiming = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // 0. What an earlier claim took without our knowing.
                if (looks > 0 && clock.GetElapsedTime(lookAt) >= TimeSpan.Zero)
                {
                    await ReturnUnknownAsync(stopping.Token);
                    (looks, lookAt) = (looks - 1, clock.GetTimestamp() + ToTicks(options.RescueEvery));
                }

                // 1. Who has room and may have work. A full backlog of ends is worked off first.
                if (clock.GetElapsedTime(pollAt) >= TimeSpan.Zero)
                {
                    foreach (var queue in queues.Values)
                        queue.MayHaveMore = true;
                    pollAt = clock.GetTimestamp() + ToTicks(options.Poll * (0.8 + (0.4 * Random.Shared.NextDouble())));
                }
                var isSweep = Stopwatch.GetTimestamp() >= sweepAt;
                var (asked, levels) = Volatile.Read(ref unfinished) < MaxEnding ? Ask(isSweep, round) : ([], []);
                if (levels.Count == 0)
                {
                    await claimable.WaitAsync(clock.GetElapsedTime(clock.GetTimestamp(), pollAt), clock, stopping.Token);
                    continue;
                }

                // 2. Claim.
                round++;
                var owner = worker;
                var started = Stopwatch.GetTimestamp();
                isClaiming = true;
                var claimed = await store.ClaimAsync(owner, levels, stopping.Token);
                isClaiming = false;
                if (isSweep)
                    sweepAt = Stopwatch.GetTimestamp() + Math.Min((Stopwatch.GetTimestamp() - started) * SweepShare, (long)(LongestSweepPause.TotalSeconds * Stopwatch.Frequency));

                // 3. Begin.
                Take(owner, claimed, asked, isSweep);
                pause = FirstPause;
                // What committed late may lie before the place that was looked from.
                if (claimed.Count == 0 && !isSweep)
                    await claimable.WaitAsync(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), sweepAt), TimeProvider.System, stopping.Token);
            }
            catch (Exception e) when (IsOutage(e) || stopping.IsCancellationRequested)
            {
                if (isClaiming)
                    (isClaiming, looks, lookAt) = (false, LooksForUnknown, clock.GetTimestamp());
                pause = await PauseAsync(e, pause);
            }
        }
    }

    private (Dictionary<string, int> Asked, List<ClaimLevel> Levels) Ask(bool isSweep, int round)
    {
        var asked = new Dictionary<string, int>(StringComparer.Ordinal);
        var levels = new List<ClaimLevel>();
        lock (gate)
        {
            foreach (var queue in queues.Values)
            {
                if (!queue.IsHungry)
                    continue;
                asked[queue.Name] = queue.Asked(MaxClaim);
                levels.AddRange(queue.LevelsOf(MaxClaim, isSweep, isReversed: round % ReverseEvery == ReverseEvery - 1));
                // Set again by whoever tells of more meanwhile.
                queue.MayHaveMore = false;
            }
        }
        return (asked, levels);
    }

    private void Take(long owner, IReadOnlyList<ClaimedJob> claimed, Dictionary<string, int> asked, bool isSweep)
    {
        var begun = new List<JobContext>();
        lock (gate)
        {
            foreach (var (name, count) in asked)
            {
                var got = claimed.Count(job => job.Queue == name);
                if (got >= count || !isSweep)
                    queues[name].MayHaveMore = true;
            }
            foreach (var job in claimed)
            {
                var queue = queues[job.Queue];
                var context = new JobContext(job, owner, store);
                held[job.Id] = context;
                queue.Note(job.Priority, job.Turn);
                if (queue.HasRoomToRun)
                {
                    queue.Running++;
                    begun.Add(context);
                }
                else
                {
                    queue.Waiting.Enqueue(context);
                }
            }
        }
        foreach (var job in begun)
            _ = Task.Run(() => RunAllAsync(queues[job.Job.Queue], job), CancellationToken.None);
    }

    private long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
