using System.Net;
using System.Net.Sockets;

namespace Renexus.Testing.Chaos;

/// <summary>A server that is killed and started again at the same address with the same data.</summary>
public sealed class ChaosServer(string dataDirectory, IReadOnlyList<string> settings) : IAsyncDisposable
{
    private readonly List<string> earlier = [];
    private ServerProcess? process;

    public int Port { get; } = FreePort();

    public string DataDirectory => dataDirectory;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The warnings and errors of all its lives.</summary>
    public IEnumerable<string> Complaints =>
        earlier.Append(process?.Output ?? "").SelectMany(output => output.Split('\n'))
            .Where(line => line.Contains("\"warn\"", StringComparison.Ordinal) || line.Contains("\"error\"", StringComparison.Ordinal));

    public async Task StartAsync() =>
        process = await ServerProcess.StartAsync([$"urls={Address}", $"Renexus:DataDirectory={dataDirectory}", .. settings]);

    public async Task KillAsync()
    {
        await process!.KillAsync();
        earlier.Add(process.Output);
        await process.DisposeAsync();
    }

    /// <summary>Ctrl-C, as a terminal sends it: to everything in the group. Answers the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        var exitCode = await process!.SignalAsync("INT", toGroup: true);
        earlier.Add(process.Output);
        await process.DisposeAsync();
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
