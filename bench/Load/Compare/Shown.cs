using System.Globalization;

namespace Renexus.Load.Compare;

/// <summary>Figures as a page shows them: three digits, more pretend.</summary>
internal static class Shown
{
    public static string Number(double value)
    {
        if (value < 1_000)
            return value.ToString(value switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);
        var last = Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return (Math.Round(value / last) * last).ToString("N0", CultureInfo.InvariantCulture);
    }

    public static string Percent(double share) => share.ToString(share < 0.1 ? "0.# %" : "0 %", CultureInfo.InvariantCulture);
}
