using System.Diagnostics;
using System.Numerics;

namespace Renexus.Load.Measuring;

/// <summary>A histogram of durations in microseconds, exact to 1 in 64, without an allocation for each value.</summary>
internal sealed class Latencies
{
    private const int Precision = 6;

    private readonly long[] counts = new long[(64 - Precision) << Precision];

    public long Count { get; private set; }

    public void Add(long fromTimestamp, long toTimestamp) =>
        Add((long)Stopwatch.GetElapsedTime(fromTimestamp, toTimestamp).TotalMicroseconds);

    public void Add(long microseconds)
    {
        counts[IndexOf(Math.Max(0, microseconds))]++;
        Count++;
    }

    /// <summary>The duration that this share of the values does not exceed.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(Count * share);
        for (var index = 0; index < counts.Length; index++)
        {
            rank -= counts[index];
            if (rank <= 0 && counts[index] > 0)
                return TimeSpan.FromMicroseconds(ValueOf(index));
        }

        return TimeSpan.Zero;
    }

    // Below 64 each value has a place of its own; above, each power of two has 64 places.
    private static int IndexOf(long value)
    {
        var magnitude = Math.Max(0, BitOperations.Log2((ulong)value | 1) - Precision);
        return (magnitude << Precision) + (int)(value >> magnitude);
    }

    private static long ValueOf(int index)
    {
        var magnitude = Math.Max(0, (index >> Precision) - 1);
        return (long)(index - (magnitude << Precision)) << magnitude;
    }
}
