namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>When what failed is tried again, when an endpoint is left alone, and when it is given up.</summary>
internal static class RetrySchedule
{
    /// <summary>Nothing reached it for this long: it is switched off.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromDays(5);

    /// <summary>Failures this far apart are not one failing.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromDays(1);

    // After the first try, the second …: 27.6 h in all.
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(10),
    ];

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <summary>Tries in all.</summary>
    public static int Attempts => Pauses.Length + 1;

    /// <summary>The pause after an attempt that failed, a fifth longer at the most; null when it was the last.</summary>
    /// <param name="asked">What the endpoint asked for (<c>Retry-After</c>).</param>
    public static TimeSpan? After(int attempt, TimeSpan? asked, double random)
    {
        if (attempt > Pauses.Length)
            return null;
        var pause = Pauses[attempt - 1] * (1 + (random / 5));
        return asked is { } wanted && Least(wanted, LongestAsked) is var least && least > pause ? least : pause;
    }

    /// <summary>How long an endpoint that does not work is left alone, but for the one delivery that then tries it.</summary>
    public static TimeSpan Rest(int failures, TimeSpan? asked)
    {
        var rest = Least(FirstRest * Math.Pow(2, Math.Clamp(failures - 1, 0, 10)), LongestRest);
        return asked is { } wanted && Least(wanted, LongestAsked) is var least && least > rest ? least : rest;
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
