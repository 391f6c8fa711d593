namespace Renexus.Engine.Jobs;

/// <summary>What a process has of one queue: what runs, what waits here for its turn, and from where to go on looking. Used under the worker's lock.</summary>
internal sealed class WorkQueue(JobQueue queue)
{
    private static readonly short[] Levels = [.. Enum.GetValues<JobPriority>().Select(priority => (short)priority).Order()];

    private readonly Dictionary<short, long> from = Levels.ToDictionary(level => level, _ => 0L);

    public string Name => queue.Name;

    /// <summary>Jobs that run.</summary>
    public int Running { get; set; }

    /// <summary>Jobs that were claimed ahead.</summary>
    public Queue<JobContext> Waiting { get; } = new();

    /// <summary>There may be something to claim.</summary>
    public bool MayHaveMore { get; set; } = true;

    public bool HasRoomToRun => Running < queue.Concurrency;

    private int Room => queue.Concurrency + queue.Prefetch - Running - Waiting.Count;

    /// <summary>Whether asking is worth it: at once when a place is idle, else when half of what is claimed ahead is used up.</summary>
    public bool IsHungry => MayHaveMore && Room > 0 && (Waiting.Count == 0 || Waiting.Count <= queue.Prefetch / 2);

    /// <summary>The levels to claim from.</summary>
    /// <param name="most">Jobs at the most.</param>
    /// <param name="isSweep">From the beginning; otherwise from where the last claim began, past the entries that it left dead.</param>
    /// <param name="isReversed">The last first, so that they come through at all.</param>
    public IEnumerable<ClaimLevel> LevelsOf(int most, bool isSweep, bool isReversed)
    {
        var count = Math.Min(most, Room);
        return (isReversed ? Levels.AsEnumerable().Reverse() : Levels).Select(level => new ClaimLevel(queue.Name, level, isSweep ? 0 : from[level], count));
    }

    /// <summary>How many a claim asked for got.</summary>
    public int Asked(int most) => Math.Min(most, Room);

    public void Note(short level, long turn) => from[level] = turn;
}
