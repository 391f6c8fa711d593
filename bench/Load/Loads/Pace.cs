using System.Diagnostics;

namespace Renexus.Load.Loads;

/// <summary>When each message of a steady stream is due. A late start does not move the later ones: waiting is part of latency.</summary>
internal sealed class Pace(double perSecond, long start)
{
    private long taken;

    public long NextDue => start + (long)(taken * (Stopwatch.Frequency / perSecond));

    public bool TryTake(long now, out long number, out long due)
    {
        number = taken;
        due = NextDue;
        if (due > now)
            return false;

        taken++;
        return true;
    }
}
