using BenchmarkDotNet.Attributes;
using Renexus.Engine.Text;

namespace Renexus.Micro;

/// <summary>
/// What does a step cost in a text of a million units, and what does it cost to bring a push up to date that missed a thousand steps? Baselines: the text as one string; and the
/// missed steps composed into one, which is what <c>rebaseUpdates</c> of CodeMirror does (and what comes to another text now and then, see TX8).
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
public class DocumentSteps
{
    private const int Units = 1_000_000;
    private const int Missed = 1_000;

    private readonly string text = new('x', Units);
    private readonly Rope rope = Rope.Of(new string('x', Units));
    private readonly DocumentUpdate[] missed = new DocumentUpdate[Missed];
    private readonly DocumentUpdate push = new("mine", ChangeSet.Replace(Units, 400_000, 400_000, "typed"));
    private readonly ChangeSet one = ChangeSet.Replace(Units, 500_000, 500_003, "typed");
    private readonly ChangeSet next = ChangeSet.Replace(Units + 2, 200_000, 200_000, "typed");

    public DocumentSteps()
    {
        var random = new Random(1);
        for (var i = 0; i < Missed; i++)
        {
            var (length, at) = (Units + (i * 5), random.Next(Units));
            missed[i] = new DocumentUpdate("others", ChangeSet.Replace(length, at, at, "typed"));
        }
    }

    [BenchmarkCategory("apply"), Benchmark(Baseline = true)]
    public int ApplyToString() => text.Remove(500_000, 3).Insert(500_000, "typed").Length;

    [BenchmarkCategory("apply"), Benchmark]
    public int ApplyToRope() => rope.Apply(one).Length;

    [BenchmarkCategory("rebase"), Benchmark(Baseline = true)]
    public int RebaseOverAllComposed() => push.Changes.MapOver(missed.Skip(1).Aggregate(missed[0].Changes.Shape, (all, step) => all.Compose(step.Changes.Shape))).NewLength;

    [BenchmarkCategory("rebase"), Benchmark]
    public int RebaseStepByStep() => DocumentUpdate.Rebase([push], missed, Units + (Missed * 5))[0].Changes.NewLength;

    [BenchmarkCategory("two"), Benchmark(Baseline = true)]
    public int ApplyBoth() => rope.Apply(one).Apply(next).Length;

    [BenchmarkCategory("two"), Benchmark]
    public int Compose() => one.Compose(next).NewLength;

    [BenchmarkCategory("two"), Benchmark]
    public int Map() => one.MapOver(missed[0].Changes.Shape).NewLength;
}
