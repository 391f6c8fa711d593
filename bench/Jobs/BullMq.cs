using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Renexus.Load.Jobs;

/// <summary>The same with BullMQ: bench/Peers/bullmq on a Redis started for the run.</summary>
internal static class BullMq
{
    public static async Task<IReadOnlyList<(string Name, double Rate)>> MeasureAsync(string fsync, int count, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("renexus-bench-redis-").FullName;
        var port = FreePort();
        using var redis = Start("redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", fsync, "--save", "");
        try
        {
            using var peer = Start("node", Path.Combine(Root(), "bench", "Peers", "bullmq", "run.mjs"), $"{port}", $"{count}");
            var output = await peer.StandardOutput.ReadToEndAsync(cancellationToken);
            await peer.WaitForExitAsync(cancellationToken);
            if (peer.ExitCode != 0)
                throw new InvalidOperationException($"bench/Peers/bullmq failed; run `npm ci` there first. {await peer.StandardError.ReadToEndAsync(cancellationToken)}");
            return [.. JsonElement.Parse(output).EnumerateObject().Select(rate => (rate.Name, rate.Value.GetDouble()))];
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Renexus.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run it from the repository's artifacts.");
        return folder;
    }
}
