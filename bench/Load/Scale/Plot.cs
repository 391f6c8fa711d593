using System.Globalization;
using System.Net;
using System.Text;

namespace Renexus.Load.Scale;

/// <summary>
/// Draws a curve: sizes by powers of ten, costs from zero, so that what looks flat is flat, or by powers of ten too. A picture has its own light and dark
/// colours, so that it can be read on any page.
/// </summary>
internal static class Plot
{
    private const int Width = 640;
    private const int Height = 380;
    private const int Left = 84;
    private const int Right = 24;
    private const int Top = 44;
    private const int Bottom = 80;
    private const int Lines = 4;

    private const string Style = """
        <style>
          .back { fill: #ffffff } .text { fill: #111827 } .quiet { fill: #374151 } .line { stroke: #e5e7eb } .axis { stroke: #6b7280 }
          .s0 { --c: #2563eb } .s1 { --c: #b45309 } .s2 { --c: #047857 } .s3 { --c: #7c3aed }
          .curve { stroke: var(--c); fill: none; stroke-width: 2 } .mark { fill: var(--c) }
          @media (prefers-color-scheme: dark) {
            .back { fill: #111827 } .text { fill: #f9fafb } .quiet { fill: #d1d5db } .line { stroke: #374151 } .axis { stroke: #9ca3af }
            .s0 { --c: #60a5fa } .s1 { --c: #fbbf24 } .s2 { --c: #34d399 } .s3 { --c: #c4b5fd }
          }
        </style>
        """;

    // To be told apart by who does not see colours too.
    private static readonly string[] Marks = ["circle", "square", "triangle", "diamond"];

    public static string Draw(Curve curve)
    {
        var points = curve.Series.SelectMany(series => series.Points).ToArray();
        var sizes = points.Select(point => point.Size).Distinct().Order().ToArray();
        var (smallest, largest) = (Math.Log10(sizes[0]), Math.Log10(sizes[^1]));
        var lines = curve.IsLogarithmic ? PowersAround([.. points.Select(point => point.Cost)]) : QuartersTo(points.Max(point => point.Cost));
        double X(double size) => Left + ((Width - Left - Right) * (largest > smallest ? (Math.Log10(size) - smallest) / (largest - smallest) : 0.5));
        double Y(double cost) => Height - Bottom - ((Height - Top - Bottom) * (curve.IsLogarithmic
            ? Math.Log10(Math.Max(cost, lines[0]) / lines[0]) / Math.Log10(lines[^1] / lines[0])
            : cost / lines[^1]));

        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="{Text(curve.Title)}">""");
        svg.AppendLine(Style).AppendLine("""<rect class="back" width="100%" height="100%"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="text" x="{Left}" y="24" font-size="15">{Text(curve.Title)}</text>""");
        foreach (var cost in lines)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="line" x1="{Left}" x2="{Width - Right}" y1="{At(Y(cost))}" y2="{At(Y(cost))}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="quiet" x="{Left - 8}" y="{At(Y(cost) + 4)}" text-anchor="end">{Number(cost)}</text>""");
        }
        foreach (var size in sizes)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="axis" x1="{At(X(size))}" x2="{At(X(size))}" y1="{Height - Bottom}" y2="{Height - Bottom + 5}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="quiet" x="{At(X(size))}" y="{Height - Bottom + 19}" text-anchor="middle">{Number(size)}</text>""");
        }
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="text" x="{(Left + Width - Right) / 2}" y="{Height - Bottom + 38}" text-anchor="middle">{Text(curve.Size)}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="text" transform="translate(20 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{Text(curve.Unit)}</text>""");
        for (var i = 0; i < curve.Series.Count; i++)
        {
            var (series, mark) = (curve.Series[i], Marks[i]);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<g class="s{i}">""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline class="curve" points="{string.Join(' ', series.Points.Select(point => $"{At(X(point.Size))},{At(Y(point.Cost))}"))}"/>""");
            foreach (var point in series.Points)
                svg.AppendLine(Mark(mark, X(point.Size), Y(point.Cost)));
            var at = Left + (i * (Width - Left - Right) / curve.Series.Count);
            svg.AppendLine(Mark(mark, at + 4, Height - 18)).AppendLine("</g>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="text" x="{at + 14}" y="{Height - 14}">{Text(series.Name)}</text>""");
        }
        return svg.AppendLine("</svg>").ToString();
    }

    public static string Number(double value) => value switch
    {
        0 => "0",
        >= 1_000_000 => (value / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture) + " M",
        >= 10_000 => (value / 1_000).ToString("0.#", CultureInfo.InvariantCulture) + " k",
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Mark(string mark, double x, double y) => mark switch
    {
        "circle" => $"""<circle class="mark" cx="{At(x)}" cy="{At(y)}" r="4"/>""",
        "square" => $"""<rect class="mark" x="{At(x - 4)}" y="{At(y - 4)}" width="8" height="8"/>""",
        "triangle" => $"""<polygon class="mark" points="{At(x)},{At(y - 5)} {At(x + 5)},{At(y + 4)} {At(x - 5)},{At(y + 4)}"/>""",
        _ => $"""<polygon class="mark" points="{At(x)},{At(y - 5)} {At(x + 5)},{At(y)} {At(x)},{At(y + 5)} {At(x - 5)},{At(y)}"/>""",
    };

    /// <summary>From zero to the next of 1, 2, 4, 5 or 8 with zeros, which a quarter of can be read.</summary>
    private static double[] QuartersTo(double cost)
    {
        var power = cost > 0 ? Math.Pow(10, Math.Floor(Math.Log10(cost))) : 1;
        var top = power * new[] { 1.0, 2, 4, 5, 8, 10 }.First(step => step * power >= cost * 0.999);
        return [.. Enumerable.Range(0, Lines + 1).Select(line => top * line / Lines)];
    }

    private static double[] PowersAround(double[] costs)
    {
        var (least, most) = (Math.Floor(Math.Log10(Math.Max(0.01, costs.Min()))), Math.Ceiling(Math.Log10(Math.Max(0.02, costs.Max()))));
        return [.. Enumerable.Range((int)least, (int)Math.Max(2, most - least + 1)).Select(power => Math.Pow(10, power))];
    }

    private static string At(double place) => place.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
