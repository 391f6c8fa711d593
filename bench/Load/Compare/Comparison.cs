using System.Globalization;
using System.Text;
using Renexus.Load.Contestants;
using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Compare;

/// <summary>
/// The contestants in turn, round after round (A B A B …), each on a fresh database of the same PostgreSQL. A run counts only while nothing
/// else uses the machine, and is repeated otherwise. What is compared are the medians, and how far the ratios of the rounds lie apart.
/// </summary>
internal sealed class Comparison(IReadOnlyList<IContestant> contestants, IReadOnlyList<Workload> workloads, int rounds, int tries)
{
    private readonly Dictionary<(Figure Figure, int Contestant), List<double>> values = [];
    private readonly Dictionary<int, List<double>> starts = [];
    private int loud;

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        for (var round = 1; round <= rounds; round++)
        {
            for (var i = 0; i < contestants.Count; i++)
            {
                Console.WriteLine($"== Round {round} of {rounds}: {contestants[i].Name}");
                await using var server = await contestants[i].OpenAsync(cluster, Inventory.Usual, cancellationToken);
                Note(starts, i, server.StartTime.TotalMilliseconds);
                foreach (var workload in workloads)
                {
                    var report = await QuietlyAsync(async () =>
                    {
                        await server.SettleAsync(cancellationToken);
                        return await workload.RunAsync(server, cancellationToken);
                    });
                    foreach (var figure in workload.Figures)
                        Note(values, (figure, i), figure.Of(report));
                }
            }
        }

        return Describe();
    }

    private async Task<Report> QuietlyAsync(Func<Task<Report>> run)
    {
        for (var left = tries; ; left--)
        {
            var report = await run();
            report.Print();
            if (report.Counts)
                return report;
            if (left > 1)
                continue;
            loud++;
            return report;
        }
    }

    private string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine($"Medians of {rounds} rounds; behind them the ratio of {contestants[0].Name} to each (over 1 is in its favour), and between which values it lay in the rounds.");
        if (loud > 0)
            text.AppendLine().AppendLine($"**{loud} runs do not count**: something else used more than 15 % of a core each time they were tried, and the figures hold them all the same.");
        text.AppendLine().Append("| work |");
        foreach (var contestant in contestants)
            text.Append(CultureInfo.InvariantCulture, $" {contestant.Name} |");
        text.AppendLine().Append("|---|").AppendLine(string.Concat(Enumerable.Repeat("---|", contestants.Count)));
        foreach (var figure in workloads.SelectMany(workload => workload.Figures))
            Row(text, $"{figure.Name}, {figure.Unit}", figure.IsCost, [.. contestants.Select((_, i) => values[(figure, i)])]);
        Row(text, "start with its data there, to the first healthy answer, ms", isCost: true, [.. contestants.Select((_, i) => starts[i])]);
        text.AppendLine();
        foreach (var contestant in contestants)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {contestant.Name}: {contestant.About}");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, bool isCost, IReadOnlyList<IReadOnlyList<double>> columns)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {Shown(Median(columns[0]))} |");
        foreach (var column in columns.Skip(1))
        {
            double[] ratios = [.. columns[0].Zip(column, (ours, theirs) => isCost ? theirs / ours : ours / theirs)];
            text.Append(CultureInfo.InvariantCulture, $" {Shown(Median(column))}: **{Shown(Median(ratios))}** ({Shown(ratios.Min())}–{Shown(ratios.Max())}) |");
        }

        text.AppendLine();
    }

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Shown(double value) => value.ToString(value switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" }, CultureInfo.InvariantCulture);

    private static void Note<TKey>(Dictionary<TKey, List<double>> notes, TKey key, double value)
        where TKey : notnull
    {
        if (!notes.TryGetValue(key, out var list))
            notes.Add(key, list = []);
        list.Add(value);
    }
}
