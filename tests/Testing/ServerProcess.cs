using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Renexus.Testing;

/// <summary>
/// The server as its own process, for tests that kill it. It runs in a session of its own, so that a signal to its group reaches what a terminal's
/// Ctrl-C would reach and nothing of the test.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    // Against waiting for ever: a machine that is busy with other tests takes its time to start a process.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(IEnumerable<string> arguments)
    {
        // A test run started in the background has Ctrl-C ignored, and its children would inherit that.
        string[] launcher = OperatingSystem.IsLinux() ? ["setsid", "env", "--default-signal=INT"] : [];
        string[] command = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "Renexus.Server.dll"), .. arguments];
        // It lives for seconds, too short for profiling to pay.
        process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["DOTNET_TieredPGO"] = "0" },
            },
        };
        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it wrote so far, on standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts it on a free port with these settings (<c>Renexus:DataDirectory=…</c>) and waits until it serves.</summary>
    public static async Task<ServerProcess> StartAsync(params string[] settings)
    {
        var server = new ServerProcess(["serve", "--urls=http://127.0.0.1:0", .. settings.Select(setting => "--" + setting)]);
        try
        {
            await Task.WhenAny(server.listening.Task, server.process.WaitForExitAsync()).WaitAsync(Patience);
            server.Address = server.listening.Task.IsCompletedSuccessfully
                ? await server.listening.Task
                : throw new InvalidOperationException($"The server did not start:\n{server.Output}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var command = new ServerProcess(arguments);
        await command.process.WaitForExitAsync().WaitAsync(Patience);
        return (command.process.ExitCode, command.Output);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Sends a signal to the process, or to its whole group as a terminal does, and waits for its exit code.</summary>
    public async Task<int> SignalAsync(string signal, bool toGroup = false)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {(toGroup ? "-" : "")}{Id}"]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
        if (NowListening().Match(line) is { Success: true } match)
            listening.TrySetResult(new Uri(match.Groups["address"].Value));
    }

    [GeneratedRegex("Now listening on: (?<address>http://[^\\s\"]+)")]
    private static partial Regex NowListening();
}
