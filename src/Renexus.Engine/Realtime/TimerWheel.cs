using Microsoft.Extensions.Logging;

namespace Renexus.Engine.Realtime;

/// <summary>
/// One timer for any number of connections, true to a second: a wheel of one-second slots. What is due beyond one turn of
/// the wheel is put off when its slot comes by.
/// </summary>
public sealed partial class TimerWheel : IDisposable
{
    private const int Slots = 512;

    private readonly TimeProvider clock;
    private readonly ILogger<TimerWheel> logger;
    private readonly long started;
    private readonly Lock gate = new();
    private readonly List<Entry>?[] slots = new List<Entry>?[Slots];
    private readonly ITimer timer;
    private long tick;

    public TimerWheel(TimeProvider clock, ILogger<TimerWheel> logger)
    {
        (this.clock, this.logger) = (clock, logger);
        started = clock.GetTimestamp();
        timer = clock.CreateTimer(static wheel => ((TimerWheel)wheel!).Turn(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Looks at <paramref name="item"/> after <paramref name="delay"/>, rounded up to a second.</summary>
    public void Add(ITimed item, TimeSpan delay)
    {
        var due = (long)Math.Ceiling((clock.GetElapsedTime(started) + delay).TotalSeconds);
        lock (gate)
            Place(new Entry(item, Math.Max(due, tick + 1)));
    }

    public void Dispose() => timer.Dispose();

    private void Place(Entry entry) => (slots[entry.Due % Slots] ??= []).Add(entry);

    private void Turn()
    {
        var now = (long)clock.GetElapsedTime(started).TotalSeconds;
        while (TakeNext(now) is { } slot)
        {
            foreach (var entry in slot)
            {
                if (entry.Due > now)
                {
                    lock (gate)
                        Place(entry);
                }
                else if (Visit(entry.Item) is { } delay)
                {
                    Add(entry.Item, delay);
                }
            }
        }
    }

    /// <summary>One item's fault must stop neither the wheel nor, on a timer's thread, the process.</summary>
    private TimeSpan? Visit(ITimed item)
    {
        try
        {
            return item.OnTime();
        }
        catch (Exception e)
        {
            LogVisitFailed(e);
            return null;
        }
    }

    /// <summary>The next slot whose second has come, emptied; null when the wheel is level with the clock.</summary>
    private List<Entry>? TakeNext(long now)
    {
        lock (gate)
        {
            if (tick >= now)
                return null;
            var slot = slots[++tick % Slots];
            slots[tick % Slots] = null;
            return slot ?? [];
        }
    }

    [LoggerMessage(1451, LogLevel.Error, "Something that was due failed and is not looked at again")]
    private partial void LogVisitFailed(Exception exception);

    private readonly record struct Entry(ITimed Item, long Due);
}
