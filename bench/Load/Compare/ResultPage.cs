using System.Globalization;
using System.Text;
using Renexus.Load.Contestants;
using Renexus.Load.Jobs;
using Renexus.Load.Measuring;

namespace Renexus.Load.Compare;

/// <summary>What a comparison found, for somebody who has not seen it before.</summary>
internal sealed class ResultPage(
    Runs runs, ComparisonPlan plan, IReadOnlyList<IContestant> servers, IReadOnlyList<IQueue> queues, Settings settings, TimeSpan took)
{
    private const string None = "–";

    /// <summary>How many are over.</summary>
    public required int Rounds { get; init; }

    private readonly StringBuilder text = new();

    private string Ours => servers[0].Name;

    private string? Limit { get; } = servers.OfType<BareContestant>().FirstOrDefault()?.Name;

    public override string ToString()
    {
        text.Clear();
        text.AppendLine(servers[0] is RenexusContestant ? "# Renexus beside the ordinary stack" : "# The ordinary stack by its settings").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Report.WhenAndWhere()}. Written by `bench/run`, which took {took.TotalMinutes:N0} minutes{(Rounds < plan.Rounds ? " until here: **it is not over**" : "")}.").AppendLine();
        text.AppendLine(
            "Everything runs on this one machine and shares its processors: the server, its PostgreSQL and the load generator. So **only ratios of one run mean something**, and rates are lower than with machines apart.");
        if (servers[0] is RenexusContestant)
            AppendTargets();
        AppendFigures("Work of the servers", Figures.OfServers, [.. servers.Select(server => server.Name)]);
        AppendFigures("Work of the queues", Figures.OfQueues, [.. queues.Select(queue => queue.Name)]);
        AppendCpu("CPU of the servers for each operation", Figures.OfServers, [.. servers.Select(server => server.Name)], "server + PostgreSQL");
        AppendCpu("CPU of the queues for each job", Figures.OfQueues, [.. queues.Select(queue => queue.Name)], "process + PostgreSQL or Redis");
        AppendConditions();
        AppendDisturbed();
        return text.ToString();
    }

    private void AppendTargets()
    {
        text.AppendLine().AppendLine("## What is promised").AppendLine();
        text.AppendLine("The table of `docs/performance.md`, filled by this run. A promise is kept when the median of the ratios keeps it.").AppendLine();
        text.AppendLine("| work | the ordinary stack | bare limit | must reach | aim | Renexus | reached? |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (var target in Target.All)
        {
            var figure = target.Figure;
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {figure.Name} | {Peer(target)} | {Value(figure, Limit)} | {target.Must?.Text} | {target.Aim?.Text} | {Value(figure, Ours)}{Ratio(target)} | {Verdict(target)} |");
        }
    }

    private string Peer(Target target)
    {
        if (target.Peer is not { } peer)
            return None;
        // Of its other ways the one that comes nearest to ours.
        var best = servers.Skip(1).Select(server => server.Name).Where(name => name != peer && name != Limit)
            .Select(name => (Name: name, runs.Compare(target.Figure, Ours, name)?.Median))
            .Where(other => other.Median is not null)
            .OrderBy(other => other.Median)
            .FirstOrDefault();
        return best.Median is { } nearest && nearest < runs.Compare(target.Figure, Ours, peer)?.Median
            ? $"{Value(target.Figure, peer)}; best other way {Value(target.Figure, best.Name)} ({best.Name}): {Shown.Number(nearest)} times"
            : Value(target.Figure, peer);
    }

    private string Ratio(Target target) =>
        target.Peer is { } peer && runs.Compare(target.Figure, Ours, peer) is { } ratios ? $": **{Shown.Number(ratios.Median)} times**" : "";

    private string Verdict(Target target) => (target.Must?.IsMet(runs, target.Figure, Ours), target.Aim?.IsMet(runs, target.Figure, Ours)) switch
    {
        (_, _) when target.Must is null => "",
        (true, true) => "yes, and the aim",
        (true, _) => "yes",
        (false, _) => "**no**",
        (null, _) => "not known: no run counts",
    };

    private void AppendFigures(string title, IReadOnlyList<Figure> figures, IReadOnlyList<string> columns)
    {
        if (columns.Count == 0)
            return;
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Medians. In bold how many times better {columns[0]} was: the median of the ratios of the rounds, which stand behind it, over 1 in its favour. {(Limit is not null && columns.Contains(Limit) ? $"Beside the limit stands which share of it {columns[0]} reaches. " : "")}`~`: no run was left alone.").AppendLine();
        text.Append("| |").AppendJoin('|', columns.Select(column => $" {column} ")).AppendLine("|");
        text.Append("|---|").AppendLine(string.Concat(columns.Select(_ => "---|")));
        foreach (var figure in figures)
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Name}, {figure.Unit} |").AppendJoin('|', columns.Select(column => $" {Cell(figure, columns[0], column)} ")).AppendLine("|");
    }

    private string Cell(Figure figure, string first, string column)
    {
        if (runs.Median(figure, column) is not { } median)
            return None;
        var value = $"{(runs.Counts(figure.Work, column) ? "" : "~")}{Shown.Number(median)}";
        if (column == first || runs.Compare(figure, first, column) is not { } ratios)
            return value;
        return column == Limit
            ? $"{value}: {Shown.Percent(ratios.Median)}"
            : $"{value}: **{Shown.Number(ratios.Median)}**{(ratios.Each.Count > 1 ? $" ({string.Join(", ", ratios.Each.Select(Shown.Number))})" : "")}";
    }

    private void AppendCpu(string title, IReadOnlyList<Figure> figures, IReadOnlyList<string> columns, string whose)
    {
        if (columns.Count == 0)
            return;
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Microseconds, {whose}; medians. The steadiest of all figures.").AppendLine();
        text.Append("| |").AppendJoin('|', columns.Select(column => $" {column} ")).AppendLine("|");
        text.Append("|---|").AppendLine(string.Concat(columns.Select(_ => "---|")));
        foreach (var figure in figures.DistinctBy(figure => figure.Work).Where(figure => runs.Median(figure.Work, columns[0], report => report.CpuEach) > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {OperationOf(figure)} |").AppendJoin('|', columns.Select(column =>
                runs.Median(figure.Work, column, report => report.ServerCpuEach) is { } server && runs.Median(figure.Work, column, report => report.DatabaseCpuEach) is { } database
                    ? $" {Shown.Number(server)} + {Shown.Number(database)} " : $" {None} ")).AppendLine("|");
        }
    }

    private static string OperationOf(Figure figure) => figure.Work switch
    {
        Work.Idle => "opening an authenticated connection",
        Work.PacedMessages => "the same at 1 000/s",
        _ => figure.Name,
    };

    private void AppendConditions()
    {
        text.AppendLine().AppendLine("## How it was done").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            - **In turn**: {Rounds} of {plan.Rounds} rounds, in each one contestant after the other, started anew on a fresh database. What takes part in fewer rounds has fewer ratios.
            - **The same for all**: the generator (`bench/Load`: one thread, raw sockets), 12 000 people, 1 000 threads, 200 000 messages, bodies of 200 bytes, the same PostgreSQL. {settings.Postgres}.
            - **The same work**: token (HMAC-SHA256), shape and membership checked; place in the thread, message and a row that says who wrote it in one transaction; the answer, and what everybody in the thread hears, after the commit. Renexus also indexes
              messages for search, keeps presence and runs its jobs meanwhile. The bare limit checks and keeps none of that. Nobody limits rates, compresses or logs requests.
            - **Latency** counts from the moment a message was due, not from when it could be sent (no coordinated omission).
            - **Memory** of a connection is the growth of the server's resident memory by so many connections that do nothing, divided by their number. Memory of the kernel's sockets is not in it.
            - **A run counts** only while everything else on the machine used less than {CpuUse.QuietBelow * 100:N0} % of one core: what `/proc/stat` says was used (stolen time too), less what the server, its PostgreSQL and the generator used. It is tried up to {plan.Tries} times.
            """);
        text.AppendLine().AppendLine("What each is:").AppendLine();
        foreach (var server in servers)
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{server.Name}**: {server.About}.");
        foreach (var queue in queues)
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{queue.Name}** (queue): {queue.About}.");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Node {settings.Node}; {settings.Redis}. What was tried in favour of the ordinary stack, and what of it was kept, is in `bench/Peers/ordinary/README.md`.");
    }

    private void AppendDisturbed()
    {
        text.AppendLine().AppendLine("## Runs that do not count").AppendLine();
        var disturbed = runs.Disturbed.ToArray();
        if (disturbed.Length == 0)
        {
            text.AppendLine("None: nothing else used the machine.");
            return;
        }
        text.AppendLine("Something else used the machine. Where the same round was tried again with success, that one is in the tables.").AppendLine();
        text.AppendLine("| round | contestant | work | used by others |").AppendLine("|---|---|---|---|");
        foreach (var run in disturbed)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {run.Round} | {run.Contestant} | {NameOf(run.Work)} | {run.Report.Cpu?.Disturbance} |");
    }

    private static string NameOf(Work work) => Figures.OfServers.Concat(Figures.OfQueues).First(figure => figure.Work == work).Name;

    private string Value(Figure figure, string? contestant) => contestant is not null && runs.Median(figure, contestant) is { } median
        ? $"{(runs.Counts(figure.Work, contestant) ? "" : "~")}{Shown.Number(median)} {figure.Unit}" : None;
}
