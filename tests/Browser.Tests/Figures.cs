using System.Globalization;

namespace Renexus.Browser.Tests;

/// <summary>What a bench found, for the page that its script writes (RENEXUS_RESULT).</summary>
internal static class Figures
{
    public static async Task WriteAsync(IEnumerable<(string What, string Figure)> figures)
    {
        string[] lines = ["| | |", "|---|---|", .. figures.Select(figure => $"| {figure.What} | {figure.Figure} |")];
        await File.AppendAllLinesAsync(Environment.GetEnvironmentVariable("RENEXUS_RESULT")!, lines, TestContext.Current.CancellationToken);
    }

    public static string Number(double value) => value.ToString("#,0.#", CultureInfo.InvariantCulture);
}
