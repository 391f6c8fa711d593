using System.Globalization;
using System.Text;
using Renexus.Load.Contestants;
using Renexus.Load.Loads;
using Renexus.Load.Measuring;
using Renexus.Load.Target;
using Renexus.Testing;

namespace Renexus.Load.Scale;

/// <summary>How far each size goes.</summary>
/// <param name="Tries">How often a run is tried at most while something else uses the machine.</param>
internal sealed record ScalePlan(int[] Subscriptions, int[] Messages, int[] Jobs, int[] Connections, TimeSpan WarmUp, TimeSpan Duration, int Tries)
{
    /// <summary>Up to the most that 20 000 descriptors allow.</summary>
    public static readonly ScalePlan Whole = new(
        [100, 1_000, 10_000, 100_000], [10_000, 100_000, 1_000_000], [1_000, 10_000, 100_000, 1_000_000], [1_000, 5_000, 10_000, 19_000],
        TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8), Tries: 3);

    public static readonly ScalePlan Long = Whole with { Messages = [.. Whole.Messages, 10_000_000] };

    /// <summary>To see that it runs.</summary>
    public static readonly ScalePlan Small = new([100, 400], [1_000, 2_000], [1_000, 2_000], [100, 200], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), Tries: 1);
}

/// <summary>What things cost by their size, and a page of it with pictures.</summary>
internal sealed class ScaleLoad(FileInfo program, ScalePlan plan)
{
    private const int Writers = 20;
    private const int Clients = 200;
    private const int Body = 200;

    /// <summary>So many messages a second everything can bear; only then are latencies comparable.</summary>
    private const double Rate = 500;

    /// <summary>Until connections are at their pace.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1);

    private readonly List<string> loud = [];

    public async Task<IReadOnlyList<Curve>> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        return
        [
            .. await SubscriptionsAsync(cluster, cancellationToken),
            .. await HistoryAsync(cluster, cancellationToken),
            .. await JobsAsync(cluster, cancellationToken),
            .. await ConnectionsAsync(cluster, cancellationToken),
            .. await ProcessesAsync(cluster, cancellationToken),
        ];
    }

    /// <summary>Writes the page, and its pictures beside it.</summary>
    public async Task WriteAsync(IReadOnlyList<Curve> curves, FileInfo page, CancellationToken cancellationToken)
    {
        var pictures = Directory.CreateDirectory(Path.ChangeExtension(page.FullName, null));
        var text = new StringBuilder();
        text.AppendLine("# What things cost by their size, measured by bench/scale").AppendLine().AppendLine(Report.WhenAndWhere()).AppendLine();
        text.AppendLine("Sizes stand by powers of ten. Costs begin at zero, so that what looks flat is flat; memory in all and latencies stand by powers of ten too. CPU is that of server and PostgreSQL, fsync on, everything on one machine. How to read each is in `bench/Load/README.md`.");
        if (loud.Count > 0)
            text.AppendLine().AppendLine($"**These do not count**, because something else used more than 15 % of a core each time they were tried: {string.Join("; ", loud)}.");
        foreach (var curve in curves)
        {
            await File.WriteAllTextAsync(Path.Combine(pictures.FullName, curve.Name + ".svg"), Plot.Draw(curve), cancellationToken);
            text.AppendLine().AppendLine($"## {curve.Title}").AppendLine().AppendLine(curve.About).AppendLine();
            text.AppendLine($"![{curve.Title} by {curve.Size}]({pictures.Name}/{curve.Name}.svg)").AppendLine();
            text.Append($"| {curve.Size} |").AppendJoin('|', curve.Series.Select(series => $" {series.Name}, {curve.Unit} ")).AppendLine("|");
            text.Append("|---|").AppendLine(string.Concat(Enumerable.Repeat("---|", curve.Series.Count)));
            foreach (var size in curve.Series[0].Points.Select(point => point.Size))
                text.Append($"| {Plot.Number(size)} |").AppendJoin('|', curve.Series.Select(series => $" {Plot.Number(series.Points.First(point => point.Size.Equals(size)).Cost)} ")).AppendLine("|");
            if (curve.Bound is { } bound)
                text.AppendLine().AppendLine(bound);
        }
        await File.WriteAllTextAsync(page.FullName, text.ToString(), cancellationToken);
    }

    /// <summary>People listen to ever more threads, and as much is said as before.</summary>
    private async Task<Curve[]> SubscriptionsAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var found = new List<(double Size, Report Report, double Memory)>();
        foreach (var size in plan.Subscriptions)
        {
            var clients = Math.Min(size, Clients);
            await using var server = await OpenAsync(cluster, new Inventory(1_000, size, size, Writers), cancellationToken);
            var before = server.ResidentBytes();
            var report = await PacedAsync(
                server,
                (rate, time) => new MessagesLoad(new MessagesPlan(clients, size, 16, Body, Start, time, rate) { ThreadsEach = size / clients }).RunAsync(server, cancellationToken),
                cancellationToken);
            found.Add((size, report, (server.ResidentBytes() - before) / 1e6));
        }
        return
        [
            new Curve(
                "subscriptions", "A message, with ever more subscriptions", "subscriptions", "µs of CPU each",
                $"{Clients} connections that each listen to as many threads, one listener for each; {Rate} messages a second to them.", [Cpu(found.Select(one => (one.Size, one.Report)))]) { Bound = Bound(found[^1].Report) },
            new Curve(
                "subscriptions-latency", "Its acknowledgement", "subscriptions", "ms", "The same run; from when a message was due.", Latency(found.Select(one => (one.Size, one.Report)))) { IsLogarithmic = true },
            new Curve(
                "subscriptions-memory", "Memory that the server took", "subscriptions", "MB", "The same run, connections and messages included.",
                [new Series("resident", [.. found.Select(one => (one.Size, Math.Max(0, one.Memory)))])]) { IsLogarithmic = true },
        ];
    }

    /// <summary>A workspace gets older.</summary>
    private async Task<Curve[]> HistoryAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var (lists, old, posts) = (new List<(double, Report)>(), new List<(double, Report)>(), new List<(double, Report)>());
        foreach (var size in plan.Messages)
        {
            await using var server = await OpenAsync(cluster, new Inventory(1_000, 100, size, Writers), cancellationToken);
            foreach (var (found, work) in new[] { (lists, HttpWork.List), (old, HttpWork.OldList), (posts, HttpWork.Post) })
            {
                found.Add((size, await PacedAsync(
                    server, (rate, time) => Task.FromResult(new HttpLoad(new HttpPlan(work, 32, 100, Body, Start, time, rate)).Run(server, cancellationToken)), cancellationToken)));
            }
        }
        return
        [
            new Curve(
                "history", "Reading and writing in an ever longer history", "messages", "µs of CPU each", $"100 threads; the newest 50 messages of one, 50 old ones that nobody has asked for yet, and a message to one, each {Rate} times a second.",
                [Cpu(lists, "newest 50"), Cpu(old, "50 old ones"), Cpu(posts, "post")]) { Bound = Bound(old[^1].Item2) },
            new Curve(
                "history-latency", "How long both take", "messages", "ms", "The same runs; from when a request was due.",
                [Percentile(old, "50 old ones p50", 0.5), Percentile(old, "50 old ones p99", 0.99), Percentile(posts, "post p50", 0.5), Percentile(posts, "post p99", 0.99)]) { IsLogarithmic = true },
        ];
    }

    private async Task<Curve[]> JobsAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var found = new List<(double, Report)>();
        foreach (var size in plan.Jobs)
        {
            found.Add((size, await QuietlyAsync(() => JobBacklog.RunAsync(cluster, size, cancellationToken))));
        }
        return
        [
            new Curve(
                "jobs", "A job, with ever more that wait", "jobs waiting", "µs of CPU each",
                $"{JobBacklog.Executed:N0} no-ops executed of those that wait (all of them, where they are fewer): claimed, run and finished, everything on.", [Cpu(found)]) { Bound = Bound(found[^1].Item2) },
        ];
    }

    private async Task<Curve[]> ConnectionsAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var found = new List<(double Size, Report Report)>();
        foreach (var size in plan.Connections)
        {
            await using var server = await OpenAsync(cluster, new Inventory(1_000, 10, 1_000, Writers), cancellationToken);
            await server.SettleAsync(cancellationToken);
            var report = new IdleLoad(new IdlePlan(size, TimeSpan.FromSeconds(4), plan.Duration)).Run(server, cancellationToken);
            Note(report);
            found.Add((size, report));
        }
        return
        [
            new Curve(
                "connections", "Memory of a connection, with ever more of them", "connections", "KB", "Authenticated, one channel each, idle; resident memory of the server.",
                [new Series("resident", [.. found.Select(one => (one.Size, one.Report.Main))])]),
            new Curve("connections-cpu", "Connecting", "connections", "µs of CPU each", "The same run: opened one after the other, 32 under way.", [Cpu(found)]) { Bound = Bound(found[^1].Report) },
        ];
    }

    /// <summary>One process and then two, on the same two cores: what it costs that they tell each other.</summary>
    private async Task<Curve[]> ProcessesAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var (full, paced) = (new List<(double, Report)>(), new List<(double, Report)>());
        for (var processes = 1; processes <= 2; processes++)
        {
            await using var server = await new RenexusContestant(program) { Processes = processes }.OpenAsync(cluster, new Inventory(1_000, 100, 10_000, Writers), cancellationToken);
            Task<Report> MessagesAsync(double? rate, TimeSpan warmUp, TimeSpan time) =>
                new MessagesLoad(new MessagesPlan(Clients, 100, 16, Body, warmUp, time, rate)).RunAsync(server, cancellationToken);
            full.Add((processes, await RunAsync(server, () => MessagesAsync(null, plan.WarmUp, plan.Duration), cancellationToken)));
            paced.Add((processes, await PacedAsync(server, (rate, time) => MessagesAsync(rate, Start, time), cancellationToken)));
        }
        return
        [
            new Curve(
                "processes", "Messages over one process, and over two", "server processes", "messages/s",
                $"{Clients} clients in 100 threads of two, as fast as the window of 16 allows; with two processes the two of a thread are at different ones.",
                [new Series("acknowledged", [.. full.Select(one => (one.Item1, one.Item2.Main))])]) { Bound = Bound(full[^1].Item2) },
            new Curve("processes-cpu", "What a message costs then", "server processes", "µs of CPU each", "The same run.", [Cpu(full)]),
            new Curve("processes-latency", $"Its acknowledgement at {Rate}/s", "server processes", "ms", "From when a message was due.", Latency(paced)) { IsLogarithmic = true },
        ];
    }

    private Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken) =>
        new RenexusContestant(program).OpenAsync(cluster, inventory, cancellationToken);

    /// <summary>First faster, until all is compiled and filled that will be; then at its rate.</summary>
    private async Task<Report> PacedAsync(TargetServer server, Func<double, TimeSpan, Task<Report>> work, CancellationToken cancellationToken)
    {
        await work(Rate * 3, plan.WarmUp);
        return await RunAsync(server, () => work(Rate, plan.Duration), cancellationToken);
    }

    private Task<Report> RunAsync(TargetServer server, Func<Task<Report>> run, CancellationToken cancellationToken) => QuietlyAsync(async () =>
    {
        await server.SettleAsync(cancellationToken);
        return await run();
    });

    private async Task<Report> QuietlyAsync(Func<Task<Report>> run)
    {
        var report = await run();
        for (var left = plan.Tries - 1; left > 0 && !report.Counts; left--)
        {
            report.Print();
            report = await run();
        }
        Note(report);
        return report;
    }

    private void Note(Report report)
    {
        report.Print();
        if (!report.Counts)
            loud.Add($"{report.Title} ({report.Cpu?.Disturbance})");
    }

    private static Series Cpu(IEnumerable<(double Size, Report Report)> found, string name = "CPU each") => new(name, [.. found.Select(one => (one.Size, one.Report.CpuEach))]);

    private static Series[] Latency(IEnumerable<(double, Report)> found) => [Percentile(found, "p50", 0.5), Percentile(found, "p99", 0.99)];

    private static Series Percentile(IEnumerable<(double Size, Report Report)> found, string name, double share) =>
        new(name, [.. found.Select(one => (one.Size, one.Report.Latency!.Percentile(share).TotalMilliseconds))]);

    private static string? Bound(Report report) => report.Cpu is not { } cpu ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"At the largest size the server used {cpu.Server / cpu.Elapsed:N2} cores, PostgreSQL {cpu.Database / cpu.Elapsed:N2}, the generator {cpu.Generator / cpu.Elapsed:N2} and others {cpu.Foreign:N2}, of {Environment.ProcessorCount}.");
}
