using Renexus.Load.Measuring;

namespace Renexus.Load.Compare;

/// <summary>One try at one work of one contestant.</summary>
internal sealed record Run(Work Work, string Contestant, int Round, Report Report);

/// <summary>All that was tried, and what of it counts.</summary>
internal sealed class Runs
{
    private readonly List<Run> all = [];

    public IEnumerable<Run> Disturbed => all.Where(run => !run.Report.Counts);

    public void Add(Run run) => all.Add(run);

    /// <summary>The run that counts of each round; where none does, the last one tried.</summary>
    public IReadOnlyDictionary<int, Run> Of(Work work, string contestant) => all
        .Where(run => run.Work == work && run.Contestant == contestant)
        .GroupBy(run => run.Round)
        .ToDictionary(round => round.Key, round => round.FirstOrDefault(run => run.Report.Counts) ?? round.Last());

    /// <summary>Over the rounds that count; over all where none does. Null where nothing was measured.</summary>
    public double? Median(Work work, string contestant, Func<Report, double> of)
    {
        var rounds = Of(work, contestant).Values;
        double[] values = [.. (Counts(work, contestant) ? rounds.Where(run => run.Report.Counts) : rounds).Select(run => of(run.Report))];
        return values.Length == 0 ? null : Median(values);
    }

    public double? Median(Figure figure, string contestant) => Median(figure.Work, contestant, figure.Of);

    /// <summary>Whether at least one round was left alone.</summary>
    public bool Counts(Work work, string contestant) => Of(work, contestant).Values.Any(run => run.Report.Counts);

    /// <summary>
    /// How many times better one was than the other in each round that both have; over 1 is in favour of the one. Rounds that count, and all where no
    /// round counts for both.
    /// </summary>
    public Ratios? Compare(Figure figure, string one, string other)
    {
        var (ours, theirs) = (Of(figure.Work, one), Of(figure.Work, other));
        var pairs = ours.Keys.Order().Where(theirs.ContainsKey).Select(round => (One: ours[round].Report, Other: theirs[round].Report)).ToArray();
        var quiet = pairs.Where(pair => pair.One.Counts && pair.Other.Counts).ToArray();
        var used = quiet.Length > 0 ? quiet : pairs;
        return used.Length == 0
            ? null
            : new Ratios([.. used.Select(pair => figure.IsCost ? figure.Of(pair.Other) / figure.Of(pair.One) : figure.Of(pair.One) / figure.Of(pair.Other))], quiet.Length > 0);
    }

    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <param name="Each">Of the rounds, in their order.</param>
/// <param name="Count">Whether both were left alone.</param>
internal sealed record Ratios(IReadOnlyList<double> Each, bool Count)
{
    public double Median => Runs.Median(Each);
}
