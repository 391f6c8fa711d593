namespace Renexus.Testing.Chaos;

/// <summary>A server that is killed and started again at the same address with the same data.</summary>
public sealed class ChaosServer(string dataDirectory, IReadOnlyList<string> settings) : IAsyncDisposable
{
    private readonly List<string> earlier = [];
    private ServerProcess? process;

    public int Port { get; } = FixedPort.Find();

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
        await EndAsync();
    }

    /// <summary>Ctrl-C, as a terminal sends it: to everything in the group. Answers the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        var exitCode = await process!.SignalAsync("INT", toGroup: true);
        await EndAsync();
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    // A start that fails after it is to be heard of itself, and not that there is no process to end.
    private async Task EndAsync()
    {
        earlier.Add(process!.Output);
        await process.DisposeAsync();
        process = null;
    }
}
