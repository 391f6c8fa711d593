using Renexus.Load.Loads;
using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Compare;

/// <summary>A figure of a run.</summary>
/// <param name="IsCost">Whether less is better.</param>
internal sealed record Figure(string Name, string Unit, bool IsCost, Func<Report, double> Of);

/// <summary>One kind of work that every contestant does, and what is compared of it.</summary>
internal sealed record Workload(Figure[] Figures, Func<TargetServer, CancellationToken, Task<Report>> RunAsync)
{
    private const int Body = 200;

    /// <summary>DESIGN.md's table, one after the other on one server.</summary>
    public static IReadOnlyList<Workload> All(TimeSpan warmUp, TimeSpan duration, int idleConnections)
    {
        MessagesPlan Messages(double? rate) => new(200, 100, 16, Body, warmUp, duration, rate);
        Workload Fanout(int inFlight) => Rate(
            $"fan-out to 5 000, {inFlight} in flight", "deliveries/s",
            (server, token) => new FanoutLoad(new FanoutPlan(5000, inFlight, Body, warmUp, duration)).RunAsync(server, token));
        Workload Http(string name, HttpWork work) => Rate(
            name, "requests/s", (server, token) => Task.FromResult(new HttpLoad(new HttpPlan(work, 64, 100, Body, warmUp, duration, null)).Run(server, token)));
        Figure Latency(string name, double share) => new(name, "ms", IsCost: true, report => report.Latency!.Percentile(share).TotalMilliseconds);
        return
        [
            Http("authenticated small read", HttpWork.Me),
            Http("list of 50 messages", HttpWork.List),
            Http("durable post over HTTP", HttpWork.Post),
            Rate("durable messages over WebSocket", "messages/s", (server, token) => new MessagesLoad(Messages(null)).RunAsync(server, token)),
            new([Latency("the same at 1 000/s, p50", 0.50), Latency("the same at 1 000/s, p99", 0.99)], (server, token) => new MessagesLoad(Messages(1000)).RunAsync(server, token)),
            Fanout(4),
            Fanout(32),
            new(
                [new("memory of an idle connection", "KB", IsCost: true, report => report.Main)],
                (server, token) => Task.FromResult(new IdleLoad(new IdlePlan(idleConnections, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2))).Run(server, token))),
        ];
    }

    private static Workload Rate(string name, string unit, Func<TargetServer, CancellationToken, Task<Report>> run) => new(
        [new(name, unit, IsCost: false, report => report.Main), new($"{name}: CPU of server and PostgreSQL for each", "µs", IsCost: true, report => report.CpuEach)], run);
}
