using Renexus.Load.Contestants;
using Renexus.Load.Jobs;

namespace Renexus.Load.Compare;

/// <summary>How much of it.</summary>
/// <param name="HasOtherWays">Whether the ordinary stack also takes part in its other ways.</param>
internal sealed record ContestPlan(ComparisonPlan Comparison, TimeSpan WarmUp, TimeSpan Duration, int IdleConnections, bool HasOtherWays)
{
    public static readonly ContestPlan Full = new(
        new ComparisonPlan(Rounds: 3, Tries: 3, Starts: 3, Jobs: 100_000), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), 10_000, HasOtherWays: true);

    public static readonly ContestPlan Short = new(
        new ComparisonPlan(Rounds: 2, Tries: 2, Starts: 1, Jobs: 20_000), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2), 5_000, HasOtherWays: false);

    public static readonly ContestPlan Small = new(
        new ComparisonPlan(Rounds: 1, Tries: 1, Starts: 1, Jobs: 2_000), TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(0.5), 500, HasOtherWays: true);
}

/// <summary>Who takes part, for how long.</summary>
internal static class Contest
{
    private static readonly OrdinaryWay Usual = new(OrdinaryWay.SocketIo);

    private static readonly IReadOnlySet<Work> Everything = new HashSet<Work>(Enum.GetValues<Work>());

    /// <summary>The ways of the ordinary stack beside the usual one, each at the work where it may be the better.</summary>
    private static readonly (OrdinaryWay Way, Work[] Works)[] OtherWays =
    [
        (new(OrdinaryWay.Plain), [Work.Messages, Work.PacedMessages, Work.Fanout, Work.BusyFanout, Work.Idle]),
        (Usual with { Workers = 2 }, [Work.Me, Work.List, Work.OldList, Work.Post, Work.Messages, Work.PacedMessages, Work.Fanout, Work.BusyFanout]),
        (new(OrdinaryWay.Plain) { Workers = 2 }, [Work.Messages, Work.Fanout, Work.BusyFanout]),
        (Usual with { InOneStatement = true }, [Work.Post, Work.Messages, Work.PacedMessages]),
    ];

    /// <summary>Settings of the ordinary stack that were tried, the usual ones first.</summary>
    private static readonly OrdinaryWay[] Tried =
    [
        Usual, Usual with { Pool = 10 }, Usual with { Pool = 40 }, Usual with { Flag = "--max-semi-space-size=64" }, Usual with { InOneStatement = true }, new(OrdinaryWay.Plain),
    ];

    public static Comparison Of(FileInfo program, DirectoryInfo peers, FileInfo? bare, ContestPlan contest)
    {
        var plan = contest.Comparison;
        var ordinary = new DirectoryInfo(Path.Combine(peers.FullName, "ordinary"));
        List<Entry> entries =
        [
            new(new RenexusContestant(program), plan.Rounds, Everything),
            new(new OrdinaryContestant(ordinary, Usual), plan.Rounds, Everything),
        ];
        if (contest.HasOtherWays)
            entries.AddRange(OtherWays.Select(way => new Entry(new OrdinaryContestant(ordinary, way.Way), 1, way.Works.ToHashSet())));
        if (bare is not null)
            entries.Add(new(new BareContestant(bare), Math.Max(1, plan.Rounds - 1), Everything));
        return new Comparison(entries, [.. Queues(peers)], new RenexusServer(program, null, null, null), Workload.All(contest.WarmUp, contest.Duration, contest.IdleConnections), plan);
    }

    /// <summary>The ordinary stack beside itself: which settings are its best.</summary>
    public static Comparison OfPeers(DirectoryInfo peers)
    {
        var works = new HashSet<Work> { Work.Me, Work.List, Work.Post, Work.Messages, Work.Fanout };
        var ordinary = new DirectoryInfo(Path.Combine(peers.FullName, "ordinary"));
        return new Comparison(
            [.. Tried.Select(way => new Entry(new OrdinaryContestant(ordinary, way), 1, works))], [], null,
            Workload.All(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 0), new ComparisonPlan(Rounds: 1, Tries: 1, Starts: 0, Jobs: 0));
    }

    /// <summary>Ours, and BullMQ where it is installed.</summary>
    public static IEnumerable<IQueue> Queues(DirectoryInfo? peers)
    {
        yield return new OwnQueue();
        if (peers is null)
            yield break;
        var folder = new DirectoryInfo(Path.Combine(peers.FullName, "bullmq"));
        yield return new BullMqQueue(folder, "always");
        yield return new BullMqQueue(folder, "everysec");
    }
}
