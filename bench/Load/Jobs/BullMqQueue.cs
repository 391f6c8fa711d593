using System.Diagnostics;
using System.Globalization;
using Renexus.Load.Contestants;
using Renexus.Load.Measuring;
using Renexus.Testing;

namespace Renexus.Load.Jobs;

/// <summary>BullMQ (bench/Peers/bullmq) on a Redis started for the run.</summary>
/// <param name="fsync">When Redis waits for the disk: <c>always</c>, or <c>everysec</c>, which may lose a second.</param>
internal sealed class BullMqQueue(DirectoryInfo folder, string fsync) : IQueue
{
    public string Name => $"BullMQ, {fsync}";

    public string About =>
        $"BullMQ as its documentation has it, one process, 50 at once, the last 1 000 that ended kept, on Redis with appendonly yes, appendfsync {fsync}{(fsync == "always" ? " (as safe as ours)" : " (may lose a second)")}, no snapshots";

    public async Task<QueueRun> RunAsync(PostgresCluster cluster, int count, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("renexus-bench-redis-").FullName;
        var port = Launcher.FreePort().ToString(CultureInfo.InvariantCulture);
        using var redis = Start("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes", "--appendfsync", fsync, "--save", "");
        try
        {
            var single = QueueRun.SingleOf(count);
            using var peer = Start("node", Path.Combine(folder.FullName, "run.mjs"), port, $"{count}", $"{single}");
            // It says when it is ready, and then at the end of each step.
            await SaidAsync(peer, "ready", cancellationToken);
            var run = new QueueRun(
                await MeasureAsync("one", "put in one by one", single), await MeasureAsync("bulk", "put in by the thousand", count), await MeasureAsync("execute", "execute", count + single));
            await peer.WaitForExitAsync(cancellationToken);
            return run;

            async Task<Report> MeasureAsync(string word, string step, int jobs)
            {
                var watch = new CpuWatch(peer.Id, redis.Id);
                await SaidAsync(peer, word, cancellationToken);
                return QueueRun.Describe(Name, step, jobs, watch.Read());
            }
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task SaidAsync(Process peer, string word, CancellationToken cancellationToken)
    {
        if (await peer.StandardOutput.ReadLineAsync(cancellationToken) is var line && line != word)
            throw new InvalidOperationException($"bench/Peers/bullmq failed; run `npm ci` there first. {line} {await peer.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
}
