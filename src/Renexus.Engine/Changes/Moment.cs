using System.Globalization;

namespace Renexus.Engine.Changes;

/// <summary>
/// A moment of the log: what had been committed at it, told apart exactly from what was committed later, over all channels at once
/// (CH14). It is PostgreSQL's snapshot of transactions: short, whatever the number of channels.
/// </summary>
public readonly record struct Moment
{
    private const int MostInProgress = 2_000;

    internal Moment(string text) => Text = text;

    /// <summary>Before everything.</summary>
    public static Moment Beginning { get; } = new("1:1:");

    /// <summary>As text, for <see cref="TryParse"/>.</summary>
    public string Text { get; }

    public override string ToString() => Text;

    /// <summary>Reads a moment; false when it is none.</summary>
    public static bool TryParse(string text, out Moment moment)
    {
        moment = new Moment(text);
        var parts = text.Split(':');
        if (parts.Length != 3 || !TryRead(parts[0], out var first) || !TryRead(parts[1], out var end) || first == 0 || end < first)
            return false;
        var running = parts[2].Length == 0 ? [] : parts[2].Split(',');
        if (running.Length > MostInProgress)
            return false;
        var last = first;
        foreach (var item in running)
        {
            // In order, and none twice.
            if (!TryRead(item, out var id) || id < last || id >= end)
                return false;
            last = id + 1;
        }
        return true;
    }

    private static bool TryRead(string text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < long.MaxValue;
}
