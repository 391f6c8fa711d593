using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Renexus.Testing;

/// <summary>A real server process on a real port, for tests that kill it. Started again it has the same data directory and port.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly string[] settings;
    private readonly StringBuilder output = new();
    private Process? process;

    /// <param name="dataDirectory">Its data, which outlives it.</param>
    /// <param name="settings">More of the command line, as <c>--Renexus:Limits:MessagesPerMinute=0</c>.</param>
    public ServerProcess(string dataDirectory, params string[] settings)
    {
        Port = FreePort();
        DataDirectory = dataDirectory;
        this.settings = settings;
    }

    public int Port { get; }

    public string DataDirectory { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public int Id => process?.Id ?? throw new InvalidOperationException("The server does not run.");

    public bool IsRunning => process is { HasExited: false };

    /// <summary>What it wrote so far, over all its starts.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts it and waits until it is healthy.</summary>
    public async Task StartAsync()
    {
        process = Launch();
        using var http = new HttpClient { BaseAddress = Address };
        var started = Stopwatch.GetTimestamp();
        while (!await IsHealthyAsync(http))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The server ended with {process.ExitCode} before it was healthy:\n{Output}");
            if (Stopwatch.GetElapsedTime(started) > StartWithin)
                throw new TimeoutException($"The server is not healthy after {StartWithin}:\n{Output}");
            // The next look; nothing tells from outside that a port has been opened.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>SIGKILL: nothing of it gets to say good-bye.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: false);
        await process.WaitForExitAsync();
    }

    /// <summary>What Ctrl-C does; answers the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        if (SendSignal(process!.Id, Interrupt) != 0)
            throw new InvalidOperationException($"kill: {Marshal.GetLastPInvokeErrorMessage()}");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            await InterruptAsync();
        process.Dispose();
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Renexus.Server.dll"));
        start.ArgumentList.Add($"--urls={Address}");
        start.ArgumentList.Add($"--Renexus:DataDirectory={DataDirectory}");
        foreach (var setting in settings)
            start.ArgumentList.Add(setting);
        var launched = Process.Start(start)!;
        launched.OutputDataReceived += (_, line) => Keep(line.Data);
        launched.ErrorDataReceived += (_, line) => Keep(line.Data);
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private void Keep(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("/health", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
