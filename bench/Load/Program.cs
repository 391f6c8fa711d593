using System.CommandLine;
using Renexus.Load.Compare;
using Renexus.Load.Contestants;
using Renexus.Load.Jobs;
using Renexus.Load.Loads;
using Renexus.Load.Measuring;
using Renexus.Load.Scale;
using Renexus.Load.Target;
using Renexus.Testing;

// What Renexus bears: see bench/Load/README.md for what each figure means and how far to trust it.
var target = new TargetOptions();
var markdown = new Option<FileInfo?>("--markdown") { Description = "Append the result, with machine, commit and date, to this file." };
var tries = Number("--tries", 1, "Runs again, so often in all, while something else uses the CPU.");
var users = Number("--users", 20, "People to register; connections are spread over them.");
var body = Number("--body", 200, "Bytes of a message's body.");
var warmUp = Number("--warmup", 3, "Seconds before measuring.");
var duration = Number("--duration", 10, "Seconds of measuring.");

return await new RootCommand("Puts a Renexus server under load and reports rates, latencies, CPU and memory.")
{
    Messages(),
    Fanout(),
    Http(),
    Idle(),
    Start(),
    Documents(),
    Jobs(),
    Compare(),
    Scale(),
}.Parse(args).InvokeAsync();

Command Messages()
{
    var clients = Number("--clients", 200, "Connections that write and listen.");
    var threads = Number("--threads", 100, "Threads they are spread over.");
    var window = Number("--window", 16, "Messages a client may have unanswered.");
    var rate = new Option<double?>("--rate") { Description = "Messages a second in all, each timed from when it was due; else as fast as the window allows." };
    var sdk = new Option<bool>("--sdk") { Description = "Through Renexus.Client instead of raw sockets." };
    var command = new Command("messages", "Durable messages: acknowledged after the commit.") { clients, threads, window, rate, sdk, users, body, warmUp, duration };
    return Runs(command, async (arguments, cancellationToken) =>
    {
        var plan = new MessagesPlan(
            arguments.GetValue(clients),
            arguments.GetValue(threads),
            arguments.GetValue(window),
            arguments.GetValue(body),
            TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            TimeSpan.FromSeconds(arguments.GetValue(duration)),
            arguments.GetValue(rate));
        await using var server = await target.OpenAsync(arguments, arguments.GetValue(users), plan.Threads, cancellationToken);
        return arguments.GetValue(sdk)
            ? await new SdkMessagesLoad(plan).RunAsync(server, cancellationToken)
            : await new MessagesLoad(plan).RunAsync(server, cancellationToken);
    });
}

Command Fanout()
{
    var subscribers = Number("--subscribers", 5000, "Connections that listen to one thread.");
    var inFlight = Number("--in-flight", 4, "Broadcasts that may not have reached everybody yet.");
    var command = new Command("fanout", "One writer, many listeners.") { subscribers, inFlight, users, body, warmUp, duration };
    return Runs(command, async (arguments, cancellationToken) =>
    {
        var plan = new FanoutPlan(
            arguments.GetValue(subscribers),
            arguments.GetValue(inFlight),
            arguments.GetValue(body),
            TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            TimeSpan.FromSeconds(arguments.GetValue(duration)));
        await using var server = await target.OpenAsync(arguments, arguments.GetValue(users), threads: 1, cancellationToken);
        return await new FanoutLoad(plan).RunAsync(server, cancellationToken);
    });
}

Command Http()
{
    var work = new Option<HttpWork>("--work") { Description = "me, list (of the newest 50 messages), oldList (of ever others) or post." };
    var connections = Number("--connections", 64, "Connections with one request at a time on each.");
    var threads = Number("--threads", 100, "Threads they are spread over.");
    var rate = new Option<double?>("--rate") { Description = "Requests a second in all, each timed from when it was due; else as fast as there are answers." };
    var command = new Command("http", "Requests on kept-alive connections.") { work, connections, threads, rate, users, body, warmUp, duration };
    return Runs(command, async (arguments, cancellationToken) =>
    {
        var plan = new HttpPlan(
            arguments.GetValue(work),
            arguments.GetValue(connections),
            arguments.GetValue(threads),
            arguments.GetValue(body),
            TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            TimeSpan.FromSeconds(arguments.GetValue(duration)),
            arguments.GetValue(rate));
        await using var server = await target.OpenAsync(arguments, arguments.GetValue(users), plan.Threads, cancellationToken);
        return new HttpLoad(plan).Run(server, cancellationToken);
    });
}

Command Idle()
{
    var connections = Number("--connections", 10_000, "Connections to hold.");
    var settle = Number("--settle", 8, "Seconds to wait before memory is read.");
    var hold = Number("--hold", 10, "Seconds to watch the idle server's CPU.");
    var command = new Command("idle", "Memory of connections that do nothing.") { connections, settle, hold, users };
    return Runs(command, async (arguments, cancellationToken) =>
    {
        var plan = new IdlePlan(
            arguments.GetValue(connections),
            TimeSpan.FromSeconds(arguments.GetValue(settle)),
            TimeSpan.FromSeconds(arguments.GetValue(hold)));
        await using var server = await target.OpenAsync(arguments, arguments.GetValue(users), threads: 1, cancellationToken);
        return new IdleLoad(plan).Run(server, cancellationToken);
    });
}

Command Start()
{
    var times = Number("--times", 5, "Starts with data present, after one without.");
    var command = new Command("start", "Time to the first healthy answer.") { times };
    return Runs(command, (arguments, cancellationToken) => StartLoad.RunAsync(LaunchOf(arguments), arguments.GetValue(times), cancellationToken));
}

Command Documents()
{
    var units = Number("--units", 1_000_000, "Length of the text.");
    var revisions = Number("--revisions", 50_000, "Pushes before anything is measured.");
    var writers = Number("--writers", 5, "People who write at once.");
    var keys = new Option<double>("--keys") { DefaultValueFactory = _ => 8, Description = "Keys a second of a person who types. Default 8." };
    var command = new Command("documents", "A large text with a long history: opening it, writing in it, reading what it was.") { units, revisions, writers, keys, duration };
    return Runs(command, (arguments, cancellationToken) => new DocumentLoad(new DocumentPlan(
        arguments.GetValue(units),
        arguments.GetValue(revisions),
        arguments.GetValue(writers),
        arguments.GetValue(keys),
        TimeSpan.FromSeconds(arguments.GetValue(duration)))).RunAsync(LaunchOf(arguments), cancellationToken));
}

Command Compare()
{
    var program = new Option<FileInfo?>("--server") { Description = "Renexus.Server.dll; without it the ordinary stack is compared with itself, by its settings." };
    var peers = new Option<DirectoryInfo>("--peers") { Description = "bench/Peers, with their packages installed.", Required = true };
    var bare = new Option<FileInfo?>("--bare") { Description = "Renexus.Bare.dll: the limits of Kestrel and PostgreSQL beside the contestants." };
    var full = new Option<bool>("--full") { Description = "Every contestant, and longer runs: about 25 minutes instead of 6." };
    var small = new Option<bool>("--small") { Description = "So short that its figures mean nothing: to see that it runs." };
    var command = new Command("compare", "Renexus next to the ordinary stack, in turn, on the same work.") { program, peers, bare, full, small, markdown };
    command.SetAction(async (arguments, cancellationToken) =>
    {
        var peersFolder = arguments.GetValue(peers)!;
        var contest = arguments.GetValue(program) is { } server
            ? Contest.Of(server, peersFolder, arguments.GetValue(bare), arguments.GetValue(full) ? ContestPlan.Full : arguments.GetValue(small) ? ContestPlan.Small : ContestPlan.Short)
            : Contest.OfPeers(peersFolder);
        await contest.RunAsync(
            async page =>
            {
                Console.WriteLine(page);
                if (arguments.GetValue(markdown) is { } file)
                {
                    file.Directory?.Create();
                    await File.WriteAllTextAsync(file.FullName, page, cancellationToken);
                }
            },
            cancellationToken);
        return 0;
    });
    return command;
}

Command Jobs()
{
    var peers = new Option<DirectoryInfo?>("--peers") { Description = "bench/Peers, with their packages installed: BullMQ too." };
    var count = Number("--count", 100_000, "Jobs of each measurement.");
    var pinned = Number("--pinned", 30, "Seconds for which a transaction is held open.");
    var command = new Command("jobs", "No-op jobs: put in, executed, and what becomes of it while a transaction holds vacuum up.") { peers, count, pinned, markdown };
    command.SetAction(async (arguments, cancellationToken) =>
    {
        await using var cluster = await PostgresCluster.StartAsync(durable: true);
        var reports = new List<Report>();
        foreach (var queue in Contest.Queues(arguments.GetValue(peers)))
            reports.AddRange((await queue.RunAsync(cluster, arguments.GetValue(count), cancellationToken)).Steps);
        reports.Add(await OwnQueue.RunPinnedAsync(cluster, arguments.GetValue(count), TimeSpan.FromSeconds(arguments.GetValue(pinned)), cancellationToken));
        foreach (var report in reports)
        {
            report.Print();
            if (arguments.GetValue(markdown) is { } file)
                await report.AppendMarkdownAsync(file, cancellationToken);
        }
        return 0;
    });
    return command;
}

Command Scale()
{
    var program = new Option<FileInfo>("--server") { Description = "Renexus.Server.dll.", Required = true };
    var page = new Option<FileInfo>("--page") { Description = "Where to write the page; its pictures go into a directory of its name.", Required = true };
    var small = new Option<bool>("--small") { Description = "Small sizes, to see that it runs." };
    var longer = new Option<bool>("--long") { Description = "Also a history of ten million messages." };
    var command = new Command("scale", "What things cost by their size: subscriptions, history, jobs, connections, processes.") { program, page, small, longer };
    command.SetAction(async (arguments, cancellationToken) =>
    {
        var load = new ScaleLoad(
            arguments.GetValue(program)!, arguments.GetValue(small) ? ScalePlan.Small : arguments.GetValue(longer) ? ScalePlan.Long : ScalePlan.Whole);
        await load.WriteAsync(await load.RunAsync(cancellationToken), arguments.GetValue(page)!, cancellationToken);
        return 0;
    });
    return command;
}

Command Runs(Command command, Func<ParseResult, CancellationToken, Task<Report>> run)
{
    target.AddTo(command);
    command.Options.Add(markdown);
    command.Options.Add(tries);
    command.SetAction(async (arguments, cancellationToken) =>
    {
        var report = await run(arguments, cancellationToken);
        report.Print();
        for (var left = arguments.GetValue(tries) - 1; left > 0 && !report.Counts; left--)
        {
            report = await run(arguments, cancellationToken);
            report.Print();
        }

        if (arguments.GetValue(markdown) is { } file)
            await report.AppendMarkdownAsync(file, cancellationToken);
        return 0;
    });
    return command;
}

RenexusServer LaunchOf(ParseResult arguments) => target.Launch(arguments) ?? throw new InvalidOperationException("Say --server PATH/Renexus.Server.dll.");

static Option<int> Number(string name, int standard, string description) =>
    new(name) { DefaultValueFactory = _ => standard, Description = $"{description} Default {standard}." };
