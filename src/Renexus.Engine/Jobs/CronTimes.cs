using Quartz;

namespace Renexus.Engine.Jobs;

/// <summary>
/// The times of a cron expression in a time zone: five fields, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), as everywhere
/// (<c>0 9 * * mon-fri</c>). When the clocks change, a time of day that does not exist is taken at the jump, and one that comes twice is taken the first time;
/// an expression that steps through the hours follows the real ones. A test has the table.
/// </summary>
public sealed class CronTimes
{
    private readonly CronExpression expression;

    private CronTimes(CronExpression expression) => this.expression = expression;

    /// <summary>Reads an expression and a zone by its IANA name.</summary>
    /// <exception cref="FormatException">The message says what is wrong with which of the two.</exception>
    public static CronTimes Parse(string cron, string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            throw new FormatException($"'{zone}' is not a time zone: it takes a name like Europe/Berlin.");
        try
        {
            return new CronTimes(CronExpression.Parse(cron, CronFormat.Unix).WithTimeZone(found));
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{cron}' is not a cron expression of five fields, minute, hour, day of the month, month and day of the week: {e.Message}", e);
        }
    }

    /// <summary>The first time after an instant; null when there is none any more.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset after)
    {
        var next = expression.GetNextValidTimeAfter(after);
        // Where a zone left out a whole day (Samoa, 2011) the library answers the time it was given.
        for (var from = after; next <= after; next = expression.GetNextValidTimeAfter(from))
            from += TimeSpan.FromHours(1);
        return next?.ToUniversalTime();
    }
}
