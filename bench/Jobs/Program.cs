using System.CommandLine;
using Renexus.Load.Jobs;

// What the job engine bears beside BullMQ: see bench/Jobs/README.md.
var count = new Option<int>("--count") { DefaultValueFactory = _ => 200_000, Description = "Jobs of each measurement. Default 200 000." };
var peers = new Option<bool>("--peers") { DefaultValueFactory = _ => true, Description = "Also BullMQ on Redis, with appendfsync always and everysec." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "Append the result, with machine, commit and date, to this file." };
var command = new RootCommand("Enqueues and executes no-op jobs, with everything on and fsync on, beside BullMQ in the same run.") { count, peers, markdown };
command.SetAction(async (arguments, cancellationToken) =>
{
    var report = await JobsLoad.RunAsync(arguments.GetValue(count), arguments.GetValue(peers), cancellationToken);
    report.Print();
    if (arguments.GetValue(markdown) is { } file)
        await report.AppendMarkdownAsync(file, cancellationToken);
    return 0;
});
return await command.Parse(args).InvokeAsync();
