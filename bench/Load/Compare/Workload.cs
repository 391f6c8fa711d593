using Renexus.Load.Loads;
using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Compare;

/// <summary>One kind of work that every server does.</summary>
internal sealed record Workload(Work Work, Func<TargetServer, CancellationToken, Task<Report>> RunAsync)
{
    private const int Body = 200;
    private const int Subscribers = 5_000;
    private const int Rate = 1_000;

    /// <summary>Memory that other work left free would hide what this one takes.</summary>
    public bool NeedsFreshServer { get; private init; }

    /// <summary>One after the other on one server; starting it is measured before.</summary>
    public static IReadOnlyList<Workload> All(TimeSpan warmUp, TimeSpan duration, int idleConnections)
    {
        Workload Messages(Work work, double? rate) =>
            new(work, (server, token) => new MessagesLoad(new MessagesPlan(200, 100, 16, Body, warmUp, duration, rate)).RunAsync(server, token));
        Workload Fanout(Work work, int inFlight) =>
            new(work, (server, token) => new FanoutLoad(new FanoutPlan(Subscribers, inFlight, Body, warmUp, duration)).RunAsync(server, token));
        Workload Http(Work work, HttpWork request) =>
            new(work, (server, token) => Task.FromResult(new HttpLoad(new HttpPlan(request, 64, 100, Body, warmUp, duration, null)).Run(server, token)));
        return
        [
            Http(Work.Me, HttpWork.Me),
            Http(Work.List, HttpWork.List),
            Http(Work.OldList, HttpWork.OldList),
            Http(Work.Post, HttpWork.Post),
            Messages(Work.Messages, null),
            Messages(Work.PacedMessages, Rate),
            Fanout(Work.Fanout, 4),
            Fanout(Work.BusyFanout, 32),
            new(Work.Idle, (server, token) => Task.FromResult(
                new IdleLoad(new IdlePlan(idleConnections, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1))).Run(server, token))) { NeedsFreshServer = true },
        ];
    }
}
